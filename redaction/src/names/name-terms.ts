/**
 * The names that hide a value. Terms are written in lower case, without separators: `apikey` is `apiKey`, `API_KEY`,
 * `api-key` and `apikey`, and never part of another word, so `author`, `keyboard` and `tokenize` stay.
 */

/** How a term takes part in a name; bits, because `count` neutralises at both ends. */
export const ROLE = {
  /** Hides wherever it stands as whole words: `dbPassword`, `password_confirmation`. Neutralised by heads and tails. */
  word: 1,
  /** Hides only where it is the whole name. */
  whole: 2,
  /** The same, and only for a real key or variable: as a label in running text it says too little. */
  loose: 4,
  /** Hides also at the end of a word that runs together: `dbpassword`. */
  stem: 8,
  /** Hides as whole words, and nothing neutralises it: an organization's own key names. */
  firm: 16,
  /** As last word it says that the value describes the secret, and is none: `tokenCount`. */
  tail: 32,
  /** The same as first word: `hasPassword`, `maxTokens`. */
  head: 64,
  /** Hides as the last of several words: `db_pass`. */
  last: 256,
  /** The whole name hides nothing: an organization's exceptions. */
  spared: 512,
  /** Ends a name that looks secret and is not: `nextPageToken`. */
  harmless: 128,
  /** Ends a name whose value is what the words before it tell: `peselNumber`. No tail for those. */
  number: 1024,
} as const;

export interface TermGroup {
  /** The kind of the finding; absent for groups that only neutralise. */
  readonly kind?: string;
  readonly role: number;
  readonly terms: string;
}

export const SECRET_NAME = 'secret-name';
/** Several secrets, or how many there are: `tokens` of a user, and of a language model's answer or a rate limiter. */
const SECRET_LIST = 'secret-list';
/** Short codes (PIN, one-time password): what they hide can be enumerated. */
export const CODE_NAME = 'code-name';
export const PERSONAL_NAME = 'personal-name';
export const PAYMENT_NAME = 'payment-name';
/** The kind of the rule of hardware addresses: one policy for both. */
const MAC_NAME = 'mac-address';
export const POLICY_NAME = 'policy-name';

/** Whether a value of this type (as `typeof` has it) is a count under a name of this kind, and so is shown. */
export function isCount(kind: string, of: string): boolean {
  return kind === SECRET_LIST && (of === 'number' || of === 'bigint');
}

/**
 * Taken from the identifiers that dd-trace's debugger hides by default (DataDog/dd-trace-js,
 * `debugger/devtools_client/snapshot/redaction.js`: all of them are here), OWASP's list of data that must not be logged
 * (Logging Cheat Sheet, "Data to exclude"), and the header and field names of OAuth 2, OpenID Connect and cloud SDKs.
 */
export const TERM_GROUPS: readonly TermGroup[] = [
  {
    kind: SECRET_NAME,
    role: ROLE.word | ROLE.stem,
    terms: `password passwords passwd passphrase apikey apikeys secretkey privatekey accesskey accesstoken authtoken
      refreshtoken clientsecret connectionstring secret token credentials`,
  },
  {
    kind: SECRET_NAME,
    role: ROLE.word,
    terms: `passwort kennwort pwd pw passhash passwordhash passkey passwordb
      secrets secretid secrettoken credential creds serviceaccountcredentials
      accesstokens authtokens refreshtokens apitoken apitokens bearertoken idtoken usertokens devicetokens
      csrf xsrf csrftoken xcsrftoken xsrftoken jwt jwts bearer
      accesskeys secretkeys privatekeys privkey encryptionkey encryptionkeys decryptionkey encryptionkeyid signingkey
      signingkeys signaturekey masterkey sessionkey sshkey pgpkey gpgkey licensekey recaptchakey sharedkey hmackey
      accountkey storagekey servicekey deploykey rsakey authkey appkey applicationkey consumerkey apisignature
      sessionid sessionids sessid phpsessid jsessionid connectsid sessioncookie cookie cookies setcookie
      authheader authheaders authorization proxyauthorization xamzsignature xamzsecuritytoken sharedaccesssignature
      mnemonic seedphrase recoveryphrase pemfile keytab connstring
      mysqlpwd passwrd secrete dbpass mysqlpass rootpass adminpass userpass ftppass smtppass mailpass sshpass storepass
      keypass keystorepass psk presharedkey contrasena motdepasse senha wachtwoord
      xamzcredential xgoogsignature xgoogcredential samlresponse samlassertion clientassertion codeverifier
      subscriptionkey functionskey ingestionkey ingestkey instrumentationkey writekey adminkey rootkey
      insertkey oauthkey redisauth tlskey sslkey serverkey keypem unsealkey recoverykey backupkey authcode
      authorizationcode devicecode oauthverifier laravelsession cisession expresssid racksession
      dbkey databasekey clientkey clkey iamkey ibmcloudkey slkey contraseña
      rediscliauth servicerolekey aeskey cipherkey cryptokey symmetrickey keymaterial magiclink resetlink invitelink
      verificationlink securestring secretstring ghpat githubpat gitlabpat azurepat devopspat adopat jirapat
      hubsignature hubsignature256 slacksignature twiliosignature stripesignature xsignature hostsession securesession
      activationkey kubeconfig dockerconfigjson dockercfg htpasswd gitlabsession`,
  },
  {
    kind: SECRET_NAME,
    role: ROLE.whole,
    terms: `pass auth oauth oauthtoken session usersession aiohttpsession symfony sid salt nonce signature sig jti pem
      databaseurl dburl dsn pkcs8 pfx kek dek xauth basicauth`,
  },
  // Settings of these products that hold a secret under a name that does not say so (SonarScanner, Sumo Logic, Bundler).
  {
    kind: SECRET_NAME,
    role: ROLE.word,
    terms: `sonarlogin sumologicaccessid sumoaccessid sumologicid bundleenterprisecontribsyscom bundlegemscontribsyscom`,
  },
  // Passwords and keys in other languages.
  {
    kind: SECRET_NAME,
    role: ROLE.word,
    terms: `haslo hasło hasla heslo geslo lösenord losenord salasana salasõna parool lozinka zaporka şifre sifre jelszó jelszo
      adgangskode adgangsord kodeord passord lykilorð aðgangsorð slaptažodis contrasenya contrasinal palavrapasse palavrachave
      motpasse katasandi sandilewat matkhau pasahitza pasfhocal geheimnis zugangscode zugriffstoken zugangsdaten
      apischlüssel apischluessel apischlussel clavesecreta claveacceso clavedeacceso jetondacces jetonacces mdp
      пароль пароля паролю паролем пароли токен секрет лозинка лозинку
      κωδικόςπρόσβασης κωδικός συνθηματικό סיסמה סיסמא كلمةالمرور كلمةالسر رمزالمرور گذرواژه رمزعبور`,
  },
  // In scripts that put no space between words: also at the end of several.
  {
    kind: SECRET_NAME,
    role: ROLE.word | ROLE.stem,
    terms: `密码 密碼 口令 密钥 密鑰 令牌 パスワード 暗証番号 秘密鍵 トークン 비밀번호 패스워드 암호 รหัสผ่าน पासवर्ड कूटशब्द`,
  },
  // As they are written in haste, or so that no filter knows them.
  {
    kind: SECRET_NAME,
    role: ROLE.word,
    terms: `pswd psswd paswd psw pasword passsword passwor pssword passw0rd pa55word p4ssword p4ssw0rd pa55w0rd
      pass0rd`,
  },
  // Also words of their own.
  { kind: SECRET_NAME, role: ROLE.whole | ROLE.last, terms: 'parola clave' },
  // The key of a service is no key of a map or of a table.
  {
    kind: SECRET_NAME,
    role: ROLE.word,
    terms: `openaikey anthropickey claudekey geminikey coherekey mistralkey groqkey stripekey paypalkey squarekey
      braintreekey razorpaykey plaidkey twiliokey sendgridkey mailgunkey mailchimpkey mandrillkey postmarkkey resendkey
      brevokey sendbirdkey messagebirdkey vonagekey nexmokey pusherkey ablykey slackkey discordkey telegramkey twitterkey
      facebookkey linkedinkey awskey azurekey gcpkey googlekey mapskey mapboxkey firebasekey fcmkey apnskey ibmkey
      softlayerkey cloudantkey herokukey cloudflarekey fastlykey digitaloceankey algoliakey datadogkey newrelickey
      sentrykey grafanakey honeycombkey segmentkey amplitudekey mixpanelkey launchdarklykey hubspotkey intercomkey
      zendeskkey salesforcekey shopifykey etsykey dropboxkey githubkey gitlabkey artifactorykey jfrogkey sonarkey snykkey
      coinbasekey binancekey krakenkey kucoinkey bittrexkey finnhubkey oktakey openweatherkey rapidapikey asanakey
      trellokey airtablekey notionkey figmakey contentfulkey shippokey easypostkey lobkey flickrkey nytimeskey
      typeformkey adafruitkey confluentkey databrickskey merakikey beamerkey freemiuskey alibabakey aliyunkey
      atlassiankey bitbucketkey ciscokey codecovkey dronekey dronecikey finicitykey freshbookskey gitterkey gocardlesskey
      hashicorpkey lookerkey mattermostkey netlifykey privateaikey sidekiqkey squarespacekey sumologickey sumokey
      traviskey twitchkey yandexkey deepseekkey huggingfacekey perplexitykey pineconekey supabasekey posthogkey
      rollbarkey bugsnagkey linodekey vultrkey hetznerkey ovhkey scalewaykey plivokey telnyxkey infobipkey onesignalkey
      adyenkey molliekey klarnakey paddlekey chargebeekey recurlykey clickupkey elevenlabskey deepgramkey assemblyaikey`,
  },
  { kind: SECRET_NAME, role: ROLE.last, terms: 'pass basicauth dsn salt' },
  { kind: SECRET_LIST, role: ROLE.word, terms: 'sessiontokens' },
  { kind: SECRET_LIST, role: ROLE.loose, terms: 'tokens' },
  // An environment and a configuration are full of secrets whose names nobody chose with a debugger in mind.
  { kind: SECRET_NAME, role: ROLE.loose, terms: 'config env cipher publickey clientid transactionid' },
  {
    kind: CODE_NAME,
    role: ROLE.word,
    terms: `otp totp hotp otpcode 2fa mfacode twofactorcode pincode pinnumber cardpin userpin passcode certificatepin
      codigoseguridad codigodeseguridad cryptogramme securitycode securityanswer securityquestion verificationcode recoverycode recoverycodes backupcode backupcodes
      onetimecode accesscode smscode unlockcode doorcode gatecode`,
  },
  { kind: CODE_NAME, role: ROLE.whole, terms: 'pin' },
  {
    kind: PAYMENT_NAME,
    role: ROLE.word,
    terms: `creditcard creditcards debitcard cardnumber cardnumbers ccnumber ccnum cvv cvv2 cvc cvc2 cardcode
      bankaccount accountnumber routingnumber sortcode iban kreditkartennummer kartennummer kreditkarte numerotarjeta
      numerodetarjeta tarjetadecredito tarjetacredito numerocarte numerodecarte cartebancaire numerocartao numerodocartao
      cartaodecredito cartaocredito numerocarta cartadicredito`,
  },
  {
    kind: PERSONAL_NAME,
    role: ROLE.word,
    terms: `ssn socialsecurity socialsecuritynumber nationalid nationalidnumber passportnumber passportno taxid
      driverslicensenumber driverlicensenumber driverslicencenumber driverlicencenumber geburtsdatum geburtstag
      fechadenacimiento fechanacimiento datedenaissance datenaissance datadenascimento datanascimento datadinascita
      datanascita geboortedatum fødselsdato fodselsdato fødselsdag födelsedatum fodelsedatum syntymäaika syntymaaika
      dataurodzenia datumnarození datumnarozeni doğumtarihi dogumtarihi датарождения 生年月日 出生日期 생년월일
      taxnumber taxidentificationnumber taxpayerid taxpayernumber taxpayeridentificationnumber driverslicense driverlicense driverslicence driverlicence voterid dateofbirth birthdate maidenname`,
  },
  {
    kind: MAC_NAME,
    role: ROLE.word,
    terms: `macaddress macaddresses macaddr hwaddr hwaddress hardwareaddress ethernetaddress etheraddr bssid wifimac
      wlanmac ethmac devicemac clientmac bluetoothmac`,
  },
  { kind: MAC_NAME, role: ROLE.loose, terms: 'mac' },
  { kind: PERSONAL_NAME, role: ROLE.whole, terms: 'ipaddress xforwardedfor xrealip remoteaddr geolocation dob' },
  // A card or a list of birthdays is none.
  { kind: PERSONAL_NAME, role: ROLE.whole | ROLE.last, terms: 'birthday' },
  { kind: PERSONAL_NAME, role: ROLE.loose, terms: 'address email phonenumber uuid' },
  {
    role: ROLE.tail,
    terms: `id ids type types kind count counts length len size limit limits usage quota index offset position number
      name names label title description placeholder hint field fields prefix suffix pattern
      regex format scheme schema algorithm alg url uri endpoint path file filename dir directory location link page
      provider service server manager factory store class handler parser validator generator middleware
      policy policies rule rules strategy strength score option options setting settings version revision status state
      error errors message reason valid invalid validity verified enabled disabled required optional exists set
      missing expired expiry expires expiration ttl lifetime timeout duration age max min at in on date time timestamp
      created updated changed issuer audience scope scopes balance price supply symbol decimals consent banner domain
      samesite mode method methods supported seconds secs ms millis minutes
      hours days bytes arn metadata ref reference attempts attempt retries history total rate ratio
      issued refreshed`,
  },
  { role: ROLE.number, terms: 'id ids number no nr num numbers value' },
  {
    role: ROLE.head,
    terms: `is has had have are was longest shortest should must can needs need requires require allow allows enable enabled disable
      disabled no num count max min total valid invalid validate missing use used remaining expired`,
  },
  {
    role: ROLE.harmless,
    terms: `pagetoken nexttoken prevtoken previoustoken continuationtoken cursortoken paginationtoken synctoken
      resumetoken canceltoken cancellationtoken aborttoken passwordless palabraclave palabrasclave`,
  },
];
