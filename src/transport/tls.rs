//! Settings in, a connector that verifies every certificate out.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::CryptoProvider;
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
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = |source: Cause| Error::Tls { host: smtp.host.clone(), source };
    let verifier = verifier(smtp, &provider)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| tls(error.into()))?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// The verifier of the machine; "dangerous" is rustls' word for any that is not built in.
fn verifier(smtp: &Smtp, provider: &Arc<CryptoProvider>) -> Result<Arc<Verifier>, Error> {
    let roots = extra_roots(smtp)?;
    Verifier::new_with_extra_roots(roots, Arc::clone(provider))
        .map(Arc::new)
        .map_err(|error| Error::Tls { host: smtp.host.clone(), source: error.into() })
}

fn extra_roots(smtp: &Smtp) -> Result<Vec<CertificateDer<'static>>, Error> {
    let Some(path) = &smtp.ca_file else { return Ok(Vec::new()) };
    let wrong = |source: Cause| Error::CaFile { path: path.clone(), source };
    let pem = std::fs::read(path).map_err(|error| wrong(error.into()))?;
    let roots = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>();
    let roots = roots.map_err(|error| wrong(error.to_string().into()))?;
    if roots.is_empty() {
        return Err(wrong("there is no certificate in it".into()));
    }
    Ok(roots)
}
