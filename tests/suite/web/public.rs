//! The public pages and strangers in, what each is answered and what it changes out.

mod archive;
mod concurrent;
mod hostile;
mod join;
mod leave;
mod listen;
mod mail;
mod parts;
mod proxy;
mod tokens;
