//! Calls Elastic Cloud Server (ECS) and SecMaster with the same login. `build.rs` generates the ECS client from `openapi/ecs.yaml`.
//!
//! ```text
//! cargo run -p ecs_beside_secmaster
//! ```

pub mod ecs {
    //! The client of Elastic Cloud Server.
    secmaster_client::include_client!("ecs");
}

#[doc(hidden)]
pub mod forms {
    secmaster_client::include_client!("forms");
}

#[doc(hidden)]
pub mod exact {
    secmaster_client::include_client!("exact");
}
