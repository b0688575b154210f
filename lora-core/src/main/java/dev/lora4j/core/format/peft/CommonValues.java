package dev.lora4j.core.format.peft;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import java.util.List;
import java.util.function.Function;

/** Values that PEFT has one of for all layers of a model. */
public final class CommonValues {
  private CommonValues() {}

  /**
   * The value that all layers have.
   *
   * @param what what to call it in messages
   * @throws AdapterException if two differ
   */
  public static <T> T of(List<PeftSite> sites, String what, Function<Factors, T> value) {
    T first = value.apply(sites.get(0).factors().get(0));
    for (PeftSite site : sites) {
      T other = value.apply(site.factors().get(0));
      if (!other.equals(first)) {
        throw new AdapterException(
            "PEFT has one "
                + what
                + " for all layers of a model, but "
                + sites.get(0).name()
                + " has "
                + first
                + " and "
                + site.name()
                + " has "
                + other
                + "; no layout holds such an adapter in one file.");
      }
    }
    return first;
  }
}
