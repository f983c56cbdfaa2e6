//! The code that build.rs makes of the OpenAPI documents. Nothing of it is written by hand.
//!
//! The same code for the packaged documents is checked in, in `generated/`, so that a change of a document is seen as a change of
//! the API, and so that it can be built without the generator.

/// One document: the name of its file in `openapi/`.
macro_rules! document {
    ($name:ident) => {
        #[allow(
            clippy::all,
            clippy::pedantic,
            clippy::unwrap_used,
            dead_code,
            missing_docs,
            unreachable_pub,
            unused_comparisons,
            unused_imports,
            unused_mut,
            unused_qualifications,
            unreachable_patterns,
            rustdoc::all,
            reason = "the generator decides the form of this code, and the document its texts"
        )]
        pub(crate) mod $name {
            #[cfg(feature = "codegen")]
            include!(concat!(env!("OUT_DIR"), "/", stringify!($name), ".rs"));
            #[cfg(not(feature = "codegen"))]
            include!(concat!("generated/", stringify!($name), ".rs"));

            crate::call::serve!(Client);
        }
    };
}

document!(secmaster);
document!(iam);
document!(metadata);
