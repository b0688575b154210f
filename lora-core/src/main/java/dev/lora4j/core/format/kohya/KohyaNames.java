package dev.lora4j.core.format.kohya;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.Components;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.NativeName;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * kohya's flat names of layers: the prefix of the model, then the layer's name with every dot made
 * an underscore. The denoiser's layers are called as diffusers calls them for Stable Diffusion 1
 * and 2, and as the model was first published for all later ones. Those of language models, which
 * kohya does not train, are called as LyCORIS calls layers of any model.
 */
final class KohyaNames {
  private static final String DENOISER = "lora_unet_";
  private static final String ANY = "lycoris_";
  private static final String NATIVE_DENOISER = "diffusion_model.";

  /** Prefix of the layer names of T5, which is the third text encoder in any position. */
  private static final String T5 = "encoder.block.";

  private final Map<String, NativeName> natives = new HashMap<>();
  private final Optional<String> denoiser;
  private final boolean several;

  KohyaNames(Family family) {
    denoiser = Components.denoiser(family.sites());
    several =
        family.sites().all().stream()
            .anyMatch(
                s ->
                    !Components.of(s.name()).equals("text_encoder")
                        && Components.textEncoder(s.name()));
    boolean original = Families.label(family.name()).filter(l -> !l.diffusersNames()).isPresent();
    if (original) {
      family.natives().stream()
          .filter(n -> n.path().startsWith(NATIVE_DENOISER))
          .forEach(n -> natives.put(n.site(), n));
    }
  }

  /** The native layer that a site is, or is a part of; absent where kohya names it as diffusers. */
  Optional<NativeName> natively(String site) {
    return Optional.ofNullable(natives.get(site));
  }

  /** The flat name of a native layer of the denoiser. */
  static String flat(NativeName name) {
    return DENOISER + name.path().substring(NATIVE_DENOISER.length()).replace('.', '_');
  }

  /**
   * The flat name of a site that is one layer in kohya's layout too.
   *
   * @throws AdapterException if kohya has no name for its model
   */
  String flat(String site) {
    Optional<NativeName> name = natively(site);
    if (name.isPresent()) {
      return flat(name.get());
    }
    String model = Components.of(site);
    String path = site.substring(Math.min(site.length(), model.length() + 1));
    if (Components.denoisers().contains(model) || denoiser.filter(model::equals).isPresent()) {
      return DENOISER + path.replace('.', '_');
    }
    if (Components.textEncoder(site)) {
      return encoder(model, path) + path.replace('.', '_');
    }
    if (model.equals(Components.LANGUAGE_MODEL)) {
      return ANY + path.replace('.', '_');
    }
    throw new AdapterException(
        "kohya's layout has no name for "
            + site
            + ": it is for denoisers of pictures, their text encoders, and language models. Name the base that the adapter"
            + " is for, or write PEFT's layout.");
  }

  private String encoder(String model, String path) {
    if (path.startsWith(T5)) {
      return "lora_te3_";
    }
    return switch (model) {
      case "text_encoder" -> several ? "lora_te1_" : "lora_te_";
      case "text_encoder_2" -> "lora_te2_";
      default -> "lora_te3_";
    };
  }
}
