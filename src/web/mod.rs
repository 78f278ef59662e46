//! Issues in, what a browser shows out.
