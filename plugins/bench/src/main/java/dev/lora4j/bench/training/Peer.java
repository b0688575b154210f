package dev.lora4j.bench.training;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Contender;
import java.util.Locale;
import java.util.Optional;

/** Peer that trains the same in Python. */
enum Peer {
  /** The denoiser of diffusers with factors by peft, in F32 also where the base is BF16. */
  PEFT,
  /** The same under autocast, as diffusers' training scripts have it. */
  AUTOCAST,
  /** The denoiser of diffusers with kohya's network; under autocast where the base is BF16. */
  KOHYA;

  private static final String SCRIPTS = "SD_SCRIPTS";

  private static String scripts() {
    return Optional.ofNullable(System.getenv(SCRIPTS)).orElse("");
  }

  /** True if the user named what it needs; otherwise a note names what is missing. */
  boolean possible(Bench bench) {
    if (this == KOHYA && scripts().isBlank()) {
      bench.note("kohya's network is left out; " + SCRIPTS + " names a copy of sd-scripts.");
      return false;
    }
    return bench.hasPython();
  }

  Optional<Contender> start(Bench bench, TrainingSetting setting) {
    return bench.python(
        Peer.class,
        "lora_step.py",
        "--inputs",
        setting.text(),
        "--network",
        name().toLowerCase(Locale.ROOT),
        "--scripts",
        scripts());
  }
}
