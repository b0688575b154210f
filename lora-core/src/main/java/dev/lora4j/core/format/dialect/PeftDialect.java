package dev.lora4j.core.format.dialect;

import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.full.ModulesToSaveMethod;
import dev.lora4j.core.format.AdapterFormat;
import dev.lora4j.core.format.Components;
import dev.lora4j.core.format.FileRoles;
import dev.lora4j.core.format.KeyAccount.Reason;
import dev.lora4j.core.format.KeyAddress;
import dev.lora4j.core.format.KeyContext;
import dev.lora4j.core.format.KeySuffix;
import dev.lora4j.core.format.Layer;
import dev.lora4j.spi.Extension;
import java.util.List;
import java.util.Optional;

/**
 * PEFT: {@code base_model.model.}, the layer as the wrapped model names it, and PEFT's role, with
 * the adapter's name in it or not. Weights and biases without factors are new values of whole
 * layers ({@code modules_to_save}, {@code bias}). Tensors that all layers share have {@code
 * base_model.} before their role.
 */
@Extension(point = AdapterFormat.class, name = "peft", help = "PEFT")
public final class PeftDialect implements AdapterFormat {
  private static final String WRAPPER = "base_model.";
  private static final String PREFIX = WRAPPER + "model.";

  /** PEFT's name part between a layer with factors and its own weight and bias. */
  private static final String TUNED = ".base_layer";

  private static final int MOST_PARTS = 3;
  private static final KeyAddress ELSEWHERE = new KeyAddress.OtherTensor(Reason.REPLACEMENT);

  @Override
  public Optional<KeyAddress> resolve(String key, KeyContext context) {
    int prefix = key.indexOf(PREFIX);
    String model = prefix > 0 ? key.substring(0, prefix) : "";
    if (prefix < 0 || !(model.isEmpty() || wrapped(model))) {
      return shared(key);
    }
    Optional<KeySuffix> ending = KeySuffix.of(key, context.keys());
    if (ending.isEmpty()) {
      Optional<KeyAddress> value = replaced(key, model, context);
      boolean certain = value.isPresent() && !value.get().equals(ELSEWHERE);
      int begin = Math.min(key.length(), prefix + PREFIX.length());
      return certain ? value : unknown(key.substring(begin), model, context).or(() -> value);
    }
    String spelled = ending.get().layer();
    String path = model + spelled.substring(Math.min(spelled.length(), prefix + PREFIX.length()));
    Optional<Layer> layer = context.names().anywhere(path);
    return Optional.of(
        layer
            .<KeyAddress>map(l -> new KeyAddress.KnownLayer(spelled, l, ending.get().role()))
            .orElseGet(() -> new KeyAddress.UnknownLayer(spelled, path, false)));
  }

  /** {@code base_model.PARAMETER[.NAME]}: a tensor that all layers share. */
  private static Optional<KeyAddress> shared(String key) {
    int at = key.indexOf(WRAPPER);
    String model = at > 0 ? key.substring(0, at) : "";
    if (at < 0 || !(model.isEmpty() || wrapped(model))) {
      return Optional.empty();
    }
    String[] parts = key.substring(at + WRAPPER.length()).split("\\.", -1);
    return parts.length <= 2 && Methods.shared().contains(parts[0])
        ? Optional.of(new KeyAddress.AllLayers(model, parts[0]))
        : Optional.empty();
  }

  /** A value of a whole layer; a separate part of the result where the base lacks the layer. */
  private static Optional<KeyAddress> replaced(String key, String model, KeyContext context) {
    boolean weight = key.endsWith(".weight");
    if (!weight && !key.endsWith(".bias")) {
      return Optional.empty();
    }
    String spelled = key.substring(0, key.lastIndexOf('.'));
    if (spelled.endsWith(TUNED)) {
      spelled = spelled.substring(0, spelled.length() - TUNED.length());
    }
    if (copy(key, spelled, context)) {
      return Optional.of(new KeyAddress.OtherTensor(Reason.NO_EFFECT));
    }
    String path =
        model + spelled.substring(Math.min(spelled.length(), model.length() + PREFIX.length()));
    Optional<Layer> layer = context.names().anywhere(path);
    if (layer.isEmpty()) {
      return Optional.of(ELSEWHERE);
    }
    boolean turned = context.names().family().sites().turned(layer.get().name());
    String role = turned ? FileRoles.TURNED_WEIGHT : ModulesToSaveMethod.WEIGHT;
    return Optional.of(
        new KeyAddress.KnownLayer(spelled, layer.get(), weight ? role : ModulesToSaveMethod.BIAS));
  }

  /**
   * Returns true if a value is a copy that PEFT saves of a fully trained layer and does not load
   * again: with {@code bias="all"} the base's own bias, and the new one once more.
   */
  private static boolean copy(String key, String spelled, KeyContext context) {
    String kind = key.substring(key.lastIndexOf('.'));
    for (String wrapper : List.of(".original_module", ".modules_to_save")) {
      if (spelled.endsWith(wrapper)) {
        String layer = spelled.substring(0, spelled.length() - wrapper.length());
        return context.keys().contains(layer + kind);
      }
    }
    return false;
  }

  /** A parameter that is not known, at a layer of the base: {@code PARAMETER[.NAME][.weight]}. */
  private static Optional<KeyAddress> unknown(String rest, String model, KeyContext context) {
    String path = rest;
    for (int parts = 0; parts < MOST_PARTS && path.indexOf('.') > 0; parts++) {
      path = path.substring(0, path.lastIndexOf('.'));
      if (context.names().anywhere(model + path).isPresent()) {
        return Optional.of(new KeyAddress.OtherTensor(Reason.UNKNOWN_METHOD));
      }
    }
    return Optional.empty();
  }

  private static boolean wrapped(String model) {
    return model.endsWith(".") && Components.all().contains(model.substring(0, model.length() - 1));
  }
}
