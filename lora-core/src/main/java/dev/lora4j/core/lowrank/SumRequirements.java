package dev.lora4j.core.lowrank;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.RoutedMethod;
import dev.lora4j.core.adapter.TransformMethod;
import dev.lora4j.core.nn.Site;
import java.util.Map;
import java.util.Optional;

/** Conditions under which adapters can be summed or blended into one. */
public final class SumRequirements {
  private SumRequirements() {}

  /**
   * The layer that an adapter changes.
   *
   * @param sites the layers of the base by name
   * @throws AdapterException if there is none of that name
   */
  public static Site site(Adapter adapter, String name, Map<String, Site> sites) {
    return Optional.ofNullable(sites.get(name))
        .orElseThrow(
            () ->
                new AdapterException(
                    adapter.name()
                        + " changes "
                        + name
                        + ", but no layer of that name is known; name the base that it is for."));
  }

  /**
   * The method of factors, which have a change of their own.
   *
   * @param consequence what follows if they have none, for example {@code they have no sum with
   *     others}
   * @throws AdapterException if they have none
   */
  public static AdditiveMethod method(
      Adapter adapter, String site, Factors factors, String consequence) {
    AdapterMethod method = Methods.named(factors.method());
    if (method instanceof AdditiveMethod additive) {
      return additive;
    }
    throw new AdapterException(
        adapter.name()
            + " has factors of the method "
            + method.name()
            + " at "
            + site
            + ". Their effect depends on the "
            + (method instanceof RoutedMethod ? "layer's input" : "weight they act on")
            + ", so "
            + consequence
            + "; "
            + instead(method)
            + ".");
  }

  /** What to do where there is no sum. */
  private static String instead(AdapterMethod method) {
    if (method instanceof RoutedMethod) {
      return "use them unmerged, beside others, where models run (--lora)";
    }
    // A base need not have the layer, such as a head for classes of the adapter's own.
    return method instanceof TransformMethod transform && transform.replaces()
        ? "use the adapters beside each other where models run (--lora for each), or write a model"
            + " with all of them in its weights there (merge with --base)"
        : "bake them into a base and extract what changed";
  }
}
