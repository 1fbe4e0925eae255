// What opens a door does not leave the browser: credentials, cookies and tokens are replaced in whatever a form sends.
// codes/diagnosis/masking.py has the same patterns, and the tests run one set of cases through both.
const maskSecrets = (() => {
  const MASK = "masked";
  const CREDENTIALS = [
    /((["'`])(?:(?:proxy-)?authorization(?:\x1b\[[0-9;]{0,20}m){0,3}[ \t]*:(?:\x1b\[[0-9;]{0,20}m){0,3}[ \t]*(?:\r?\n[ \t]*)?(?:(?:basic|bearer|digest|negotiate|token|apikey|hmac|aws4-hmac-sha256)[ \t]+)?))((?:\\.|(?!\2)[^\\\r\n])+)/gim,
    /((?:(?<![0-9A-Za-z_'"`-])|(?<=\\n)|\x1b\[[0-9;]{0,20}m)(?:proxy-)?authorization(?:\x1b\[[0-9;]{0,20}m){0,3}[ \t]*:(?:\x1b\[[0-9;]{0,20}m){0,3}[ \t]*(?:\r?\n[ \t]*)?(?:(?:basic|bearer|digest|negotiate|token|apikey|hmac|aws4-hmac-sha256)[ \t]+)?)()(?!masked)((?:(?!\\r\\n)[^\r\n])+(?:\r?\n(?:[ \t]+|[0-9a-f]{4,8}: (?![!-9;-~]{1,60}: ))[^\r\n]+)*)/gim,
    /((["'`])(?:[0-9a-z]{1,40}[_-](?:[0-9a-z_-]{0,60}[_-])?(?:token|secret|passwd|password|api[_-]?key|access[_-]?key|subscription-key|functions-key|session-?id)|api[_-]?key|auth-?token|access-?token|session-?id|x-auth|dpop)(?:\x1b\[[0-9;]{0,20}m){0,3}[ \t]*:(?:\x1b\[[0-9;]{0,20}m){0,3}[ \t]*(?:\r?\n[ \t]*)?)((?:\\.|(?!\2)[^\\\r\n])+)/gim,
    /((?:(?:(?<![0-9A-Za-z_'"`-])|(?<=\\n)|\x1b\[[0-9;]{0,20}m)(?:[0-9a-z]{1,40}[_-](?:[0-9a-z_-]{0,60}[_-])?(?:token|secret|passwd|password|api[_-]?key|access[_-]?key|subscription-key|functions-key|session-?id)|api[_-]?key|auth-?token|access-?token|session-?id|x-auth|dpop)|^[<> \t]{0,4}(?:token|secret|password))(?:\x1b\[[0-9;]{0,20}m){0,3}[ \t]*:(?:\x1b\[[0-9;]{0,20}m){0,3}[ \t]*(?:\r?\n[ \t]*)?)()(?!masked)((?:(?!\\r\\n)[^\r\n])+(?:\r?\n(?:[ \t]+|[0-9a-f]{4,8}: (?![!-9;-~]{1,60}: ))[^\r\n]+)*)/gim,
    /((?:^|[ \t])--(?:oauth2-bearer|pass|proxy-pass)[ \t=]+)()([^ \t\r\n]+)/gim,
  ];
  const COOKIES = [
    /((["'`])cookie(?:\x1b\[[0-9;]{0,20}m){0,3}[ \t]*:(?:\x1b\[[0-9;]{0,20}m){0,3}[ \t]*(?:\r?\n[ \t]*)?)((?:\\.|(?!\2)[^\\\r\n])+)/gim,
    /((?:(?<![0-9A-Za-z_'"`-])|(?<=\\n)|\x1b\[[0-9;]{0,20}m)cookie(?:\x1b\[[0-9;]{0,20}m){0,3}[ \t]*:(?:\x1b\[[0-9;]{0,20}m){0,3}[ \t]*(?:\r?\n[ \t]*)?)()((?:(?!\\r\\n)[^\r\n])+(?:\r?\n(?:[ \t]+|[0-9a-f]{4,8}: (?![!-9;-~]{1,60}: ))[^\r\n]+)*)/gim,
    /((?:^|[ \t])(?:-b[ \t]*|--cookie[ \t=]+)(["']))((?:(?!\2)[^\r\n])*=(?:(?!\2)[^\r\n])*)/gim,
    /((?:^|[ \t])(?:-b[ \t]*|--cookie[ \t=]+))()([^ \t\r\n'"=]+=[^ \t\r\n'"]*)/gim,
  ];
  const SET_COOKIE = /((?:(?<![0-9A-Za-z_'"`-])|(?<=\\n)|\x1b\[[0-9;]{0,20}m)set-cookie2?(?:\x1b\[[0-9;]{0,20}m){0,3}[ \t]*:(?:\x1b\[[0-9;]{0,20}m){0,3}[ \t]*(?:\r?\n[ \t]*)?)()((?:(?!\\r\\n)[^\r\n])+(?:\r?\n(?:[ \t]+|[0-9a-f]{4,8}: (?![!-9;-~]{1,60}: ))[^\r\n]+)*)/gim;
  const KEPT_LENGTH = [
    /([?&;#](?:access_?token|refresh_?token|id_?token|auth_?token|token|client_?secret|secret|password|passwd|pwd|api_?key|session_?id|jwt|otp|assertion|private_?key|code|key|servicekey|sid|session|signature|sig|saml(?:request|response)|ticket|jsessionid|phpsessid|x-amz-(?:signature|credential|security-token)|x-goog-(?:signature|credential)|awsaccesskeyid)=)([^\s&;#'"<>]+)/gi,
    /((?:%3F|%26)(?:access_?token|refresh_?token|id_?token|auth_?token|token|client_?secret|secret|password|passwd|pwd|api_?key|session_?id|jwt|otp|assertion|private_?key|code|key|servicekey|sid|session|signature|sig|saml(?:request|response)|ticket|jsessionid|phpsessid|x-amz-(?:signature|credential|security-token)|x-goog-(?:signature|credential)|awsaccesskeyid)%3D)([^\s&;#'"<>%]+)/gi,
    /((?:^|[ \t'"])(?:access_?token|refresh_?token|id_?token|auth_?token|token|client_?secret|secret|password|passwd|pwd|api_?key|session_?id|jwt|otp|assertion|private_?key)=)([^\s&;#'"<>]+)/gim,
    /("(?:access_?token|refresh_?token|id_?token|auth_?token|token|client_?secret|secret|password|passwd|pwd|api_?key|session_?id|jwt|otp|assertion|private_?key|authorization|cookie)"\s{0,9}:\s{0,9}")((?:[^"\\\r\n]|\\.)+)/gi,
    /('(?:access_?token|refresh_?token|id_?token|auth_?token|token|client_?secret|secret|password|passwd|pwd|api_?key|session_?id|jwt|otp|assertion|private_?key|authorization|cookie)'\s{0,9}:\s{0,9}')((?:[^'\\\r\n]|\\.)+)/gi,
    /(\\"(?:access_?token|refresh_?token|id_?token|auth_?token|token|client_?secret|secret|password|passwd|pwd|api_?key|session_?id|jwt|otp|assertion|private_?key|authorization|cookie)\\"\s{0,9}:\s{0,9}\\")([^"\\\r\n]+)/gi,
    /(\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s\/?#@:'"<>]{0,100}:)([^\s\/?#'"<>]{1,200})(?=@)/gi,
    /(\b[a-z][a-z0-9+.-]{1,15}:\/\/)([^\s\/?#@:'"<>]{1,200})(?=@)/gi,
    /((?:^|[ \t])(?:-u[ \t]*|--(?:proxy-)?user[ \t=]+)['"]?[^\s:'"]{0,100}:)([^\s'"]+)/gim,
    /()(?<![\w-])(eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)/g,
    /()(?<![\w-])((?:gh[oprsu]|github_pat)_[0-9A-Za-z_]{30,255})/g,
  ];
  const cookies = (pairs) => pairs.replace(/([^;=]*=)?[^;]+/g, (_all, name) => (name ?? "") + MASK);
  const setCookie = (_all, name, _quote, value) => {
    const end = value.indexOf(";") < 0 ? value.length : value.indexOf(";");
    const attributes = value.slice(end).replace(/(,[ \t]*[^ \t=;,]{1,200}=)[^;,\r\n]+/g, `$1${MASK}`);
    return name + cookies(value.slice(0, end)) + attributes;
  };
  return (text) => {
    for (const pattern of CREDENTIALS) text = text.replace(pattern, `$1${MASK}`);
    for (const pattern of COOKIES) text = text.replace(pattern, (_all, name, _quote, value) => name + cookies(value));
    text = text.replace(SET_COOKIE, setCookie);
    for (const pattern of KEPT_LENGTH) {
      text = text.replace(pattern, (_all, before, secret) => before + "x".repeat([...secret].length));
    }
    return text;
  };
})();

// What is copied for other people also has no addresses, no values of queries, and no secrets in paths.
const maskPrivate = (() => {
  const QUERY = /([?&][^\s=&#'"<>]{1,100}=)[^\s&#'"<>]+/g;
  const PATH_SECRET =
    /(?<=\/)(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-fA-F]{16,200}|(?=[A-Za-z_-]{0,200}[0-9])(?=[0-9_-]{0,200}[A-Za-z])[0-9a-z]{20,200}|(?=[A-Za-z_-]{0,200}[0-9])(?=[0-9A-Z_-]{0,200}[a-z])(?=[0-9a-z_-]{0,200}[A-Z])[0-9A-Za-z_-]{16,200}={0,2})(?![0-9A-Za-z_=-])/g;
  const MAIL = /(?<![\p{L}\p{N}_.+-])[\p{L}\p{N}_.+-]{1,64}@[\p{L}\p{N}_-]{1,63}(?:\.[\p{L}\p{N}_-]{1,63}){1,8}/gu;
  const IPV4 = /(?<![\p{L}\p{N}_.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?!\.?[\p{L}\p{N}_])/gu;
  const IPV6 = /(?<![\p{L}\p{N}_:.])(?=[0-9a-f:]*::|(?:[0-9a-f]{1,4}:){7})(?:[0-9a-f]{0,4}:){2,8}[0-9a-f]{0,4}(?![\p{L}\p{N}_:])/giu;
  const LOOPBACK = new Set(["127.0.0.1", "0.0.0.0", "::1"]);
  const address = (found) => (LOOPBACK.has(found) ? found : "…");
  return (text) =>
    maskSecrets(text).replace(QUERY, "$1…").replace(PATH_SECRET, "…").replace(MAIL, "…@…").replace(IPV4, address).replace(IPV6, address);
})();

// However the form is sent, by its button or by fetch: this event fills what is sent, and the field stays as it was.
if (typeof document !== "undefined") {
  document.getElementById("diagnose")?.addEventListener("formdata", ({ formData }) => {
    const text = formData.get("text");
    if (typeof text === "string") formData.set("text", maskSecrets(text));
  });
}
