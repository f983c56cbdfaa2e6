//! A shorthand for the common [`CreateAction`](crate::types::CreateAction).

use crate::types::CreateAction;

const AOP_WORKFLOW: &str = "AOP_WORKFLOW";

impl CreateAction {
    /// Binds the workflow with this ID, as an action of the type `AOP_WORKFLOW`.
    ///
    /// `workflow_id` is the ID of an existing workflow, as the service lists it. The API reference documents the type
    /// as mandatory, with the default `AOP_WORKFLOW`; for another type, set `action_type` afterwards, or use a struct
    /// literal.
    ///
    /// ```
    /// use secmaster_client::types::CreateAction;
    ///
    /// let action = CreateAction::workflow("909494e3-558e-46b6-a9eb-07a8e18ca62f").name("MyXXX");
    /// assert_eq!(action.action_type, "AOP_WORKFLOW");
    /// ```
    #[must_use]
    pub fn workflow(workflow_id: impl Into<String>) -> Self {
        Self {
            action_id: workflow_id.into(),
            action_type: AOP_WORKFLOW.to_owned(),
            name: None,
            description: None,
            sort_order: None,
        }
    }

    /// Sets the name of the action in the playbook.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the description.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Sets the sorting method. The API reference documents only that it is a string.
    #[must_use]
    pub fn sort_order(mut self, sort_order: impl Into<String>) -> Self {
        self.sort_order = Some(sort_order.into());
        self
    }
}
