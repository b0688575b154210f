package dev.lora4j.core.format.peft;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.full.ModulesToSaveMethod;
import dev.lora4j.core.format.SiteCatalogue;
import java.util.List;
import java.util.Locale;

/**
 * New values of layers without factors: layers that were trained whole ({@code modules_to_save}),
 * biases of layers with factors ({@code bias}), and tables of embeddings with factors, which PEFT
 * always saves.
 *
 * @param tuned the layers that have factors, without their new values
 * @param whole paths of the layers that were trained whole, or of modules all of whose layers were
 * @param biases whether layers with factors have new biases
 * @param heads whether the base's heads for classes, if it has any, were trained whole
 */
record ModulesToSave(List<PeftSite> tuned, List<String> whole, boolean biases, boolean heads) {
  /** Field of the configuration with the paths. */
  static final String FIELD = "modules_to_save";

  private static final String BIAS = "bias";

  /**
   * Divides the layers of a model.
   *
   * @throws AdapterException if a layer has factors and a new weight, or no layer has factors
   */
  static ModulesToSave of(List<PeftSite> sites, SiteCatalogue base) {
    List<PeftSite> tuned =
        sites.stream().map(PeftSite::tuned).filter(s -> !s.factors().isEmpty()).toList();
    if (tuned.isEmpty()) {
      throw new AdapterException(
          "PEFT's layout has no form for an adapter with new values of layers alone, such as those"
              + " of "
              + sites.get(0).name()
              + ". Write kohya's layout.");
    }
    boolean biases = false;
    for (PeftSite site : sites) {
      boolean both = site.saved().isPresent() && !site.tuned().factors().isEmpty();
      boolean bias = both && site.saved().get().tensors().containsKey(ModulesToSaveMethod.BIAS);
      boolean weight = both && site.saved().get().tensors().containsKey(ModulesToSaveMethod.WEIGHT);
      if (weight && !site.embedding()) {
        throw new AdapterException(
            "PEFT's layout has no form for factors and a new weight of the same layer, as "
                + site.name()
                + " has. Write kohya's layout.");
      }
      biases |= bias;
    }
    List<String> whole =
        sites.stream().filter(s -> s.tuned().factors().isEmpty()).map(PeftSite::pattern).toList();
    ClassHeads heads = ClassHeads.of(sites.get(0).model(), base);
    return new ModulesToSave(tuned, heads.joined(whole), biases, heads.within(whole));
  }

  /**
   * The fields with the entries for these layers.
   *
   * @param type of the adapter, which is in PEFT's name for new biases of layers with factors
   */
  JsonObject say(JsonObject fields, String type) {
    if (!whole.isEmpty()) {
      JsonArray paths = new JsonArray();
      whole.forEach(paths::add);
      fields.add(FIELD, paths);
    }
    if (biases && !fields.has(BIAS)) {
      throw new AdapterException(
          "PEFT's layout has no form for new biases beside factors of this method. Write kohya's"
              + " layout.");
    }
    if (biases) {
      fields.addProperty(BIAS, type.toLowerCase(Locale.ROOT) + "_only");
    }
    return fields;
  }
}
