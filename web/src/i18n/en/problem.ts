/** Errors by their stable code. What happened, what is safe, what to do. */
export default {
  session: {
    required: 'Your session has ended. Sign in again.',
    bad_credentials: 'The user name or password is not right. Check both and try again.',
    totp_required: 'Enter the one-time password from your phone.',
    bad_totp: 'The one-time password is wrong or has expired. Enter the newest 6 digits from your phone.',
    too_many_tries: 'Too many tries. Wait a while and try again.',
    bad_code: 'The one-time code is wrong or has expired. Ask an administrator for a new one.',
  },
  conflict: {
    stale:
      'Someone saved a newer version while you were typing. Your change was not saved; refresh and enter it again.',
  },
  client: {
    offline: 'The server can’t be reached. What is on this page is still here; try again when the network is back.',
    bad_request: 'The server could not process this request. No data was changed.',
    forbidden: 'Your role does not allow this. No data was changed.',
    not_found: 'Not found. It may no longer exist, or it lies outside the area you are responsible for.',
    conflict: 'This conflicts with existing data. No data was changed.',
    too_large: 'The file or content is too large. The server did not accept it.',
    too_many: 'Too many requests. Wait a while and try again.',
    unavailable: 'The service is not available at the moment. Try again shortly.',
    server:
      'The server failed and did not complete this. Try again; if it happens again, give the reference to an administrator.',
    unexpected: 'Something unexpected happened. This was not completed.',
  },
  field: {
    required: 'Required',
    invalid: 'Not in the right form',
    in_future: 'Can’t be later than today',
    too_long: 'Too long',
    not_found: 'Does not exist',
  },
};
