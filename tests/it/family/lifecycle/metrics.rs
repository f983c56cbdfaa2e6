//! Statistics of playbooks, and the metrics that replace them.

use secmaster_client::types::SearchMetricsRequest;

use super::{ID, Space, code, refusal};

pub const CALLED: [&str; 3] = ["BatchSearchMetricHits", "ShowPlaybookMonitors", "ShowPlaybookStatistics"];

#[tokio::test]
async fn playbooks_are_counted_and_monitored() {
    let space = Space::start().await;
    let (client, workspace) = (&space.client, &space.workspace);
    let count = async || {
        let counted = client.show_playbook_statistics().workspace_id(workspace).send().await.unwrap();
        counted.into_inner().data.unwrap().disabled_num
    };
    assert_eq!(count().await, Some(0));
    let (playbook, _) = space.draft().await;
    assert_eq!(count().await, Some(1));

    let monitor = |playbook: &str| {
        let monitor = client.show_playbook_monitors().workspace_id(workspace).playbook_id(playbook);
        let monitor = monitor.start_time("2021-01-30T23:00:00Z+0800").end_time("2021-01-31T23:00:00Z+0800");
        monitor.version_query_type("ALL").send()
    };
    let monitored = monitor(&playbook).await.unwrap().into_inner().data.unwrap();
    assert_eq!((monitored.total_instance_num, monitored.average_run_time), (Some(99_999_999), Some(9_999_999_999.0)));
    assert_eq!(refusal(monitor("unknown").await), code(400, "20030005"));

    let body = SearchMetricsRequest::builder().metric_ids(vec![ID.to_owned()]);
    let hits = client.batch_search_metric_hits().workspace_id(workspace).body(body).send().await.unwrap();
    assert!(hits[0].metric_id.is_some() && hits[0].result.is_some());
    space.assert_called(&CALLED);
}
