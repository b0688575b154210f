package dev.lora4j.core.format.peft;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.full.ModulesToSaveMethod;
import dev.lora4j.core.format.Components;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import java.util.List;
import java.util.Optional;

/**
 * A layer with its factors, as PEFT sees it: by its path within one model.
 *
 * @param model name of the model, for example {@code unet}; empty where names have none
 * @param path the layer's path within it
 * @param site the layer, where the base is known
 * @param turned whether PEFT has the layer's weight as [in, out]
 */
public record PeftSite(
    String model, String path, Optional<Site> site, boolean turned, List<Factors> factors) {
  private static final String TEXT_MODEL = "text_model.";

  /** Copies its list. */
  public PeftSite {
    factors = List.copyOf(factors);
  }

  public static PeftSite of(String name, SiteCatalogue base, List<Factors> factors) {
    int dot = name.indexOf('.');
    boolean named = dot > 0 && component(name.substring(0, dot));
    return new PeftSite(
        named ? name.substring(0, dot) : "",
        named ? name.substring(dot + 1) : name,
        base.find(name),
        base.turned(name),
        factors);
  }

  private static boolean component(String name) {
    return name.equals(Components.LANGUAGE_MODEL) || Components.all().contains(name);
  }

  /** A copy without new values of the layer itself. */
  PeftSite tuned() {
    return new PeftSite(
        model, path, site, turned, factors.stream().filter(f -> !saved(f)).toList());
  }

  /** The new values of the layer itself, if there are any. */
  Optional<Factors> saved() {
    return factors.stream().filter(PeftSite::saved).findFirst();
  }

  private static boolean saved(Factors factors) {
    return factors.method().equals(ModulesToSaveMethod.NAME);
  }

  /** Its whole name. */
  public String name() {
    return model.isEmpty() ? path : model + "." + path;
  }

  /**
   * The layer's name in configurations. transformers left out {@code text_model.} from 5.6 on, and
   * as PEFT compares ends of paths, the shorter path is right before and after.
   */
  public String pattern() {
    return path.startsWith(TEXT_MODEL) ? path.substring(TEXT_MODEL.length()) : path;
  }

  boolean embedding() {
    return site.filter(s -> s.kind() == Site.Kind.EMBEDDING).isPresent();
  }
}
