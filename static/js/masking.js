// What opens a door does not leave the browser: credentials, cookies and tokens are replaced in whatever a form sends.
// codes/diagnosis/masking.py has the same patterns, and the tests run one set of cases through both.
const maskSecrets = (() => {
  const MASK = "masked";
  const CREDENTIALS = /((?:^|[\s'"<>*])(?:proxy-)?authorization[ \t]*:[ \t]*(?:(?:basic|bearer|digest|negotiate|token|apikey|hmac|aws4-hmac-sha256)[ \t]+)?)([^\r\n'"]+)/gim;
  const KEYS = /((?:^|[\s'"<>*])(?:x-)?(?:api-?key|auth-?token|access-?token|csrf-?token|xsrf-?token|amz-security-token|vault-token|goog-api-key|functions-key|session-?id|secret)[ \t]*:[ \t]*)([^\r\n'"]+)/gim;
  const COOKIES = /((?:^|[\s'"<>*])cookie[ \t]*:[ \t]*)([^\r\n'"]+)/gim;
  const SET_COOKIE = /((?:^|[\s<>*])set-cookie[ \t]*:[ \t]*[^\r\n=;]{0,200}=)([^\r\n;]*)/gim;
  const KEPT_LENGTH = [
    /([?&;#](?:access_?token|refresh_?token|id_?token|auth_?token|token|code|client_?secret|secret|password|passwd|pwd|api_?key|apikey|key|servicekey|session_?id|sid|session|signature|sig|jwt|otp|assertion|saml(?:request|response)|ticket|x-amz-(?:signature|credential|security-token)|x-goog-(?:signature|credential)|awsaccesskeyid)=)([^\s&;#'"<>]+)/gi,
    /("(?:access_?token|refresh_?token|id_?token|client_?secret|password|secret|api_?key|jwt)"\s{0,9}:\s{0,9}")([^"\\]+)/gi,
    /(\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s/@:'"<>]{0,100}:)([^\s/@'"<>]{1,200})(?=@)/gi,
    /()(?<![\w-])(eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)/g,
  ];
  return (text) => {
    text = text
      .replace(CREDENTIALS, `$1${MASK}`)
      .replace(KEYS, `$1${MASK}`)
      .replace(COOKIES, (_all, name, value) => name + value.replace(/=[^;]*/g, `=${MASK}`))
      .replace(SET_COOKIE, `$1${MASK}`);
    for (const pattern of KEPT_LENGTH) {
      text = text.replace(pattern, (_all, before, secret) => before + "x".repeat([...secret].length));
    }
    return text;
  };
})();

// However the form is sent, by its button or by fetch: this event fills what is sent, and the field stays as it was.
if (typeof document !== "undefined") {
  document.getElementById("diagnose")?.addEventListener("formdata", ({ formData }) => {
    const text = formData.get("text");
    if (typeof text === "string") formData.set("text", maskSecrets(text));
  });
}
