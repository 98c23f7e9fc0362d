/** Shortest password the server accepts (length, not character classes: NIST SP 800-63B 3.1.1.2). */
export const PASSWORD_MIN = 12;
