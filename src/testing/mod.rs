//! A stand-in for the cloud, in process.
