package dev.lora4j.core.format;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.adalora.AdaloraMethod;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Parts of a key: the layer, and the canonical role of the tensor, whatever the writer's name for
 * it. The longest ending that is known counts.
 *
 * @param layer what stands before it
 * @param role canonical role, or one of {@link FileRoles}
 * @param style whose spelling it is
 */
public record KeySuffix(String layer, String role, Style style) {
  /** Tool whose spelling of roles a key follows. */
  public enum Style {
    /** kohya and LyCORIS: {@code lora_down.weight}; the roles as methods have them. */
    LYCORIS,
    /** PEFT, and diffusers since then: {@code lora_A.weight}. */
    PEFT,
    /** diffusers before: {@code lora.down.weight}, {@code _lora.down.weight}. */
    OLD_DIFFUSERS
  }

  /** Canonical roles of PEFT's parameter names; an adapter's name may follow. */
  private static final Map<String, String> PARAMETERS =
      Map.ofEntries(
          Map.entry("lora_A", "lora_down.weight"),
          Map.entry("lora_A_1", "lora_down.weight"),
          Map.entry("lora_B", "lora_up.weight"),
          Map.entry("lora_B_1", "lora_up.weight"),
          Map.entry("lora_a", FileRoles.MLX_DOWN),
          Map.entry("lora_b", FileRoles.MLX_UP),
          Map.entry("lora_E", AdaloraMethod.SIZES),
          Map.entry("lora_embedding_A", FileRoles.EMBEDDING_A),
          Map.entry("lora_embedding_B", FileRoles.EMBEDDING_B),
          Map.entry("lora_magnitude_vector", "lora_magnitude_vector"),
          Map.entry("magnitude", "lora_magnitude_vector"),
          Map.entry("lora_alpha", AdapterMethod.ALPHA),
          Map.entry("gralora_A_general", "gralora_A_general.weight"),
          Map.entry("gralora_B_general", "gralora_B_general.weight"),
          Map.entry("ia3_l", "ia3_l"),
          Map.entry("oft_R", "oft_R.weight"),
          Map.entry("boft_R", "boft_R"),
          Map.entry("boft_s", "boft_s"));

  private static final Map<String, String> OLD =
      Map.of(
          "lora.down.weight", "lora_down.weight",
          "lora.up.weight", "lora_up.weight",
          "lora.alpha", AdapterMethod.ALPHA,
          "lora_linear_layer.down.weight", "lora_down.weight",
          "lora_linear_layer.up.weight", "lora_up.weight",
          "lora_linear_layer.alpha", AdapterMethod.ALPHA);

  /** Prefixes of PEFT's parameters that are called as the roles. */
  private static final Set<String> SAME =
      Set.of(
          "hada_",
          "lokr_",
          "miss_",
          "gralora_",
          "hira_",
          "shira_",
          "vera_",
          "randlora_",
          "vblora_");

  private static final String BIAS = "lora_up.bias";
  private static final Set<String> UP_BIASES = Set.of("lora_B", "lora_B_1");

  /** MLX-LM's name of DoRA's magnitudes, which stand next to its factors. */
  private static final String MLX_LENGTHS = "m";

  private static final String WEIGHT = "weight";
  private static final int MOST_TOKENS = 4;

  /** {@code key} taken apart; empty if it ends in no role that is known. */
  public static Optional<KeySuffix> of(String key, Set<String> keys) {
    Optional<KeySuffix> longest = Optional.empty();
    int dot = key.length();
    for (int tokens = 0; tokens < MOST_TOKENS && dot > 0; tokens++) {
      dot = key.lastIndexOf('.', dot - 1);
      if (dot > 0) {
        Optional<KeySuffix> found = split(key.substring(0, dot), key.substring(dot + 1), keys);
        longest = found.isPresent() ? found : longest;
      }
    }
    return longest;
  }

  /** Splits {@code layer} and its suffix; empty if the suffix is no known role. */
  public static Optional<KeySuffix> split(String layer, String suffix, Set<String> keys) {
    if (Methods.roles().contains(suffix) && (!suffix.equals(WEIGHT) || vector(layer, keys))) {
      return Optional.of(new KeySuffix(layer, suffix, Style.LYCORIS));
    }
    if (suffix.equals(MLX_LENGTHS) && keys.contains(layer + "." + FileRoles.MLX_DOWN)) {
      return Optional.of(new KeySuffix(layer, "lora_magnitude_vector", Style.PEFT));
    }
    String old = OLD.get(suffix);
    if (old != null) {
      return Optional.of(new KeySuffix(layer, old, Style.OLD_DIFFUSERS));
    }
    int cut = suffix.indexOf("_lora.");
    if (cut > 0 && OLD.containsKey(suffix.substring(cut + 1))) {
      String role = OLD.get(suffix.substring(cut + 1));
      String name = layer + "." + suffix.substring(0, cut);
      return Optional.of(new KeySuffix(name, role == null ? "" : role, Style.OLD_DIFFUSERS));
    }
    return peft(suffix).map(role -> new KeySuffix(layer, role, Style.PEFT));
  }

  /**
   * Returns true if the layer has the marker of its side, without which a plain weight is no part
   * of an adapter.
   */
  private static boolean vector(String layer, Set<String> keys) {
    return keys.contains(layer + ".on_input");
  }

  /** {@code PARAMETER[.NAME][.weight|.bias]}. */
  private static Optional<String> peft(String suffix) {
    String[] tokens = suffix.split("\\.", -1);
    String parameter = tokens[0];
    String last = tokens[tokens.length - 1];
    boolean typed = tokens.length > 1 && (last.equals(WEIGHT) || last.equals("bias"));
    if (tokens.length - (typed ? 1 : 0) > 2) {
      return Optional.empty();
    }
    if (SAME.stream().anyMatch(parameter::startsWith) && Methods.roles().contains(parameter)) {
      return Optional.of(parameter);
    }
    if (typed && last.equals("bias")) {
      return UP_BIASES.contains(parameter) ? Optional.of(BIAS) : Optional.empty();
    }
    return Optional.ofNullable(PARAMETERS.get(parameter));
  }
}
