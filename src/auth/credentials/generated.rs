//! The generated clients of IAM and of the metadata service.

crate::client::generated_document!(iam);
crate::client::generated_document!(metadata);
