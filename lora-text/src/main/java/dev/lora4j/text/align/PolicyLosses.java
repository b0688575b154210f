package dev.lora4j.text.align;

import dev.lora4j.spi.ExtensionRequest;
import dev.lora4j.spi.Extensions;
import java.util.List;

/** The losses of rewarded completions that there are, this library's and those of plug-ins. */
public final class PolicyLosses {
  private PolicyLosses() {}

  /** All of them, each with its defaults. */
  public static List<PolicyLoss> all() {
    return List.copyOf(Extensions.installed().shared(PolicyLoss.class).values());
  }

  /**
   * A loss by TRL's name, with its settings: {@code dapo:epsilon_high=0.28}.
   *
   * @throws dev.lora4j.spi.ExtensionException naming the nearest and all, if there is none or it
   *     has no such setting; or telling what values it takes
   */
  public static PolicyLoss named(String text) {
    return Extensions.installed().make(PolicyLoss.class, ExtensionRequest.parse(text));
  }
}
