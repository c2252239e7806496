/** What remains of a number of any length, in digits, when it is divided by 97. */
export function remainder97(digits: string): number {
  let rest = 0
  for (let at = 0; at < digits.length; at += 9) {
    const part = digits.slice(at, at + 9)
    rest = (rest * 10 ** part.length + Number(part)) % 97
  }
  return rest
}
