package dev.lora4j.core.mix;

import dev.lora4j.core.format.NativeName;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a dialect spells one layer and the roles of its tensors.
 *
 * @param name of the layer in the UNet
 * @param layer what keys begin with
 * @param endings what they end in, by role, where the dialect has these roles alone; empty where it
 *     has all roles, under their own names
 */
record DialectSpelling(String dialect, String name, String layer, Map<String, String> endings) {
  private static final String DOWN = "lora_down.weight";
  private static final String UP = "lora_up.weight";
  private static final String QUERY = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q";
  private static final String XLABS = "double_blocks.0.processor.proj_lora1.";
  private static final Map<String, String> OLD = Map.of(DOWN, "down.weight", UP, "up.weight");

  static final List<DialectSpelling> ALL =
      List.of(
          all("kohya", "lora_unet_linear."),
          all("diffusers", "unet.linear."),
          all("comfyui", "diffusion_model.first.linear."),
          all("lycoris", "lycoris_linear."),
          all("peft", "base_model.model.linear."),
          all("onetrainer", "lora_transformer_linear."),
          all("omi", "unet.first.linear."),
          all("bare", "linear."),
          new DialectSpelling(
              "diffusers-old",
              "linear",
              "linear.lora.",
              Map.of(DOWN, "down.weight", UP, "up.weight", "alpha", "alpha")),
          new DialectSpelling(
              "diffusers-old", QUERY, "unet." + QUERY.replace("to_q", "processor.to_q_lora."), OLD),
          new DialectSpelling("xlabs", "linear", XLABS, OLD),
          new DialectSpelling("lora-diffusion", QUERY, "unet:0:", Map.of(DOWN, "down", UP, "up")),
          new DialectSpelling(
              "loralib", "linear", "linear.", Map.of(DOWN, "lora_A", UP, "lora_B")));

  private static DialectSpelling all(String dialect, String layer) {
    return new DialectSpelling(dialect, "linear", layer, Map.of());
  }

  /** Whether the dialect has a form for the case; what it has no place for is left out. */
  boolean has(MethodCase at) {
    return endings.isEmpty()
        || at.roles().keySet().stream().allMatch(r -> endings.containsKey(r) || r.equals("alpha"));
  }

  /** The case at the layer that is spelled, with the tensors that the dialect has a place for. */
  MethodCase at(MethodCase one) {
    Map<String, HostTensor> roles = new TreeMap<>(one.roles());
    if (!endings.isEmpty()) {
      roles.keySet().retainAll(endings.keySet());
    }
    return one.at(Site.linear("unet." + name, one.site().weight(), one.site().bias()), roles);
  }

  String key(String role) {
    return layer + endings.getOrDefault(role, role);
  }

  /** What the layer is called in the layout that the base was first published in. */
  NativeName natively() {
    String path = dialect.equals("xlabs") ? "double_blocks.0.img_attn.proj" : "first." + name;
    return NativeName.of("diffusion_model." + path, "unet." + name);
  }
}
