// Values in words: bytes, durations, times, counts, methods.
export function bytes(count) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = count > 0 ? Math.min(units.length - 1, Math.floor(Math.log2(count) / 10)) : 0;
  const value = count / 1024 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}

export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) {
    return `${whole} s`;
  }
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function ago(millis) {
  const seconds = (Date.now() - millis) / 1000;
  if (seconds < 60) {
    return "just now";
  }
  const steps = [
    [86400, "day"],
    [3600, "hour"],
    [60, "minute"],
  ];
  const [length, unit] = steps.find(([one]) => seconds >= one);
  const count = Math.floor(seconds / length);
  return count > 30 && unit === "day" ? new Date(millis).toLocaleDateString() : plural(count, unit) + " ago";
}

export function plural(count, word, many = `${word}s`) {
  return `${count.toLocaleString("en")} ${count === 1 ? word : many}`;
}

/** A number with so many significant digits, without zeros at its end. */
export function short(number, digits = 3) {
  return number === undefined || number === null ? "–" : String(Number(number.toPrecision(digits)));
}

const methods = {
  lora: "LoRA",
  "lora-fa": "LoRA-FA",
  loha: "LoHa",
  lokr: "LoKr",
  dora: "DoRA",
  ia3: "(IA)³",
  oft: "OFT",
  boft: "BOFT",
  "diag-oft": "OFT",
  "boft-peft": "BOFT",
  glora: "GLoRA",
  gralora: "GraLoRA",
  hira: "HiRA",
  hydra: "HydraLoRA",
  miss: "MiSS",
  "miss-bat": "MiSS",
  randlora: "RandLoRA",
  shira: "SHiRA",
  tlora: "T-LoRA",
  vera: "VeRA",
};

/** The name of a method as its authors write it. */
export const methodName = (method) => methods[method] ?? method;
