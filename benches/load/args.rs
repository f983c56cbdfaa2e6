//! Command line arguments.

pub(crate) const HELP: &str = "\
Makes many calls at once, and reports what they cost.

  --calls N        how many calls, default 10000
  --concurrency N  how many of them at once, default 64
  --actions N      how many actions each call creates, default 1
  --signed         sign with an access key, not with a token
  --by-hand        make the calls by code that is written with reqwest alone, to compare
  --real           call the service that the environment names; this creates real rows, and needs --calls
  -h, --help       show this

The variables of the environment that --real needs:

  SECMASTER_REGION        such as cn-north-4, or SECMASTER_ENDPOINT
  SECMASTER_WORKSPACE_ID  the workspace
  SECMASTER_VERSION_ID    the version of the playbook
  SECMASTER_WORKFLOW_ID   the workflow that all actions run
  SECMASTER_PROJECT_ID    the project; it is looked up if this is not set
  SECMASTER_TOKEN         a token of IAM, or other credentials that auth::from_env reads
";

#[derive(Clone, Copy)]
pub(crate) struct Args {
    pub(crate) calls: u32,
    pub(crate) concurrency: u32,
    pub(crate) actions: u32,
    pub(crate) signed: bool,
    pub(crate) by_hand: bool,
    pub(crate) real: bool,
}

impl Args {
    pub(crate) fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut args = Self { calls: 10_000, concurrency: 64, actions: 1, signed: false, by_hand: false, real: false };
        let mut is_counted = false;
        while let Some(word) = words.next() {
            match word.as_str() {
                "--calls" => (args.calls, is_counted) = (number(&word, words.next())?, true),
                "--concurrency" => args.concurrency = number(&word, words.next())?,
                "--actions" => args.actions = number(&word, words.next())?,
                "--signed" => args.signed = true,
                "--by-hand" => args.by_hand = true,
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
            return Err("--real creates real rows; set with --calls how many calls it may make".to_owned());
        }
        if args.real && args.signed {
            return Err(
                "--signed is for the fake server; with --real the credentials are those of the environment".to_owned()
            );
        }
        if args.real && args.by_hand {
            return Err("--by-hand is for the fake server; the real service is called by the client alone".to_owned());
        }
        Ok(args)
    }
}

fn number(option: &str, word: Option<String>) -> Result<u32, String> {
    let word = word.ok_or_else(|| format!("{option} has no number; write it as in {option} 100"))?;
    let number = word.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| format!("{option} is {word}, not a whole number from 1 to {}", u32::MAX))
}
