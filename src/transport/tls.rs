//! Settings in, a connector that verifies every certificate out.

use std::path::Path;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls_platform_verifier::Verifier;
use tokio_rustls::TlsConnector;

use crate::config::Smtp;
use crate::transport::error::{Cause, Error};

/// Makes the connector: it trusts what the machine trusts, and the settings' `ca_file` besides.
///
/// # Errors
/// The file cannot be read or holds no certificate, or the machine trusts nobody.
pub(super) fn connector(smtp: &Smtp) -> Result<TlsConnector, Error> {
    let config = trusting(&smtp.host, smtp.ca_file.as_deref())?;
    Ok(TlsConnector::from(Arc::new(config)))
}

/// What a connection to a host is encrypted with.
///
/// # Errors
/// As for [`connector`].
pub(super) fn trusting(host: &str, ca_file: Option<&Path>) -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = |source: Cause| Error::Tls { host: host.to_owned(), source };
    let roots = extra_roots(ca_file)?;
    // "Dangerous" is rustls' word for any verifier that is not built in.
    let verifier = Verifier::new_with_extra_roots(roots, Arc::clone(&provider))
        .map_err(|error| tls(error.into()))?;
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| tls(error.into()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth())
}

fn extra_roots(ca_file: Option<&Path>) -> Result<Vec<CertificateDer<'static>>, Error> {
    let Some(path) = ca_file else { return Ok(Vec::new()) };
    let wrong = |source: Cause| Error::CaFile { path: path.to_owned(), source };
    let pem = std::fs::read(path).map_err(|error| wrong(error.into()))?;
    let roots = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>();
    let roots = roots.map_err(|error| wrong(error.to_string().into()))?;
    if roots.is_empty() {
        return Err(wrong("there is no certificate in it".into()));
    }
    Ok(roots)
}
