//! Command line arguments.

pub(crate) const HELP: &str = "\
Makes many concurrent calls and reports their cost.

  --calls N        the number of calls, default 10000
  --concurrency N  the number of concurrent calls, default 64
  --actions N      the number of actions per call, default 1
  --signed         sign with an access key instead of sending a token
  --handwritten    use a hand-written reqwest client, for comparison
  --real           call the service configured in the environment; this creates real rows, and requires --calls
  -h, --help       show this help

Environment variables for --real:

  SECMASTER_REGION        such as cn-north-4, or SECMASTER_ENDPOINT
  SECMASTER_WORKSPACE_ID  the workspace
  SECMASTER_VERSION_ID    the version of the playbook
  SECMASTER_WORKFLOW_ID   the workflow that all actions run
  SECMASTER_PROJECT_ID    the project; looked up if not set
  SECMASTER_TOKEN         an IAM token, or other credentials supported by auth::from_env
";

#[derive(Clone, Copy)]
pub(crate) struct Args {
    pub(crate) calls: u32,
    pub(crate) concurrency: u32,
    pub(crate) actions: u32,
    pub(crate) signed: bool,
    pub(crate) handwritten: bool,
    pub(crate) real: bool,
}

impl Args {
    pub(crate) fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut args =
            Self { calls: 10_000, concurrency: 64, actions: 1, signed: false, handwritten: false, real: false };
        let mut is_counted = false;
        while let Some(word) = words.next() {
            match word.as_str() {
                "--calls" => (args.calls, is_counted) = (number(&word, words.next())?, true),
                "--concurrency" => args.concurrency = number(&word, words.next())?,
                "--actions" => args.actions = number(&word, words.next())?,
                "--signed" => args.signed = true,
                "--handwritten" => args.handwritten = true,
                "--real" => args.real = true,
                _ => {
                    let known = "--help lists the options";
                    return Err(match word.split_once('=') {
                        Some((option @ ("--calls" | "--concurrency" | "--actions"), value)) => {
                            format!("{word} is not an option; write {option} {value}; {known}")
                        }
                        _ => format!("{word} is not an option; {known}"),
                    });
                }
            }
        }
        if args.real && !is_counted {
            return Err("--real creates real rows; set the number of calls with --calls".to_owned());
        }
        if args.real && args.signed {
            return Err("--signed is for the fake server; --real uses the credentials of the environment".to_owned());
        }
        if args.real && args.handwritten {
            return Err("--handwritten is for the fake server; --real only supports the client".to_owned());
        }
        Ok(args)
    }
}

fn number(option: &str, word: Option<String>) -> Result<u32, String> {
    let word = word.ok_or_else(|| format!("{option} has no number; write for example {option} 100"))?;
    let number = word.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| format!("{option} is {word}, not a whole number from 1 to {}", u32::MAX))
}
