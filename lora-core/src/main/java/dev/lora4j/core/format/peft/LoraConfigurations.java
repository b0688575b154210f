package dev.lora4j.core.format.peft;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.SiteCatalogue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** PEFT's configurations of LoRA, for layouts that keep them elsewhere than PEFT. */
public final class LoraConfigurations {
  private static final String DOWN = "lora_down.weight";
  private static final LoraKind LORA = new LoraKind();
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  private LoraConfigurations() {}

  /** Returns true if PEFT's LoRA has a form for factors. */
  public static boolean takes(Factors factors) {
    return LORA.takes(factors);
  }

  /** Returns true if some layers have a scale other than 1, which the tensors do not carry. */
  public static boolean scaled(List<PeftSite> sites) {
    return pairs(sites)
        .anyMatch(f -> f.structure().number(AdapterMethod.ALPHA) != f.tensor(DOWN).shape().size(0));
  }

  /**
   * Returns true if the layers of a model have several ranks. Without a configuration diffusers
   * once took the rank of the first layer for the alpha of all.
   */
  public static boolean mixed(List<PeftSite> sites) {
    return pairs(sites).map(f -> f.tensor(DOWN).shape().size(0)).distinct().count() > 1;
  }

  private static Stream<Factors> pairs(List<PeftSite> sites) {
    return sites.stream()
        .flatMap(s -> s.factors().stream())
        .filter(f -> f.tensors().containsKey(DOWN));
  }

  /**
   * One JSON object with the fields of all models, each behind the model's name and a dot.
   *
   * @throws dev.lora4j.core.adapter.AdapterException if one configuration cannot say what the
   *     layers of a model are
   */
  public static String joined(SortedMap<String, List<PeftSite>> models, SiteCatalogue base) {
    Map<String, Object> all = new LinkedHashMap<>();
    models.forEach(
        (model, sites) ->
            new TreeMap<>(LORA.fields(sites, base))
                .forEach((name, value) -> all.put(model + "." + name, value)));
    return GSON.toJson(all);
  }
}
