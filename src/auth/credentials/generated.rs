//! The generated clients of IAM and of the metadata service.

crate::generated_document!(iam);
crate::generated_document!(metadata);
