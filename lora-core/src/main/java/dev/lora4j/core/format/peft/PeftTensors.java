package dev.lora4j.core.format.peft;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Alpha;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Matrices;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.full.ModulesToSaveMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** The tensors of layers under PEFT's names, and in its shapes. */
public final class PeftTensors {
  private static final String DOWN = "lora_down.weight";
  private static final String UP = "lora_up.weight";
  private static final String MAGNITUDE = "lora_magnitude_vector";
  private static final String LYCORIS_MAGNITUDE = "dora_scale";

  private static final Map<String, String> NAMES =
      Map.of(
          DOWN,
          "lora_A.weight",
          UP,
          "lora_B.weight",
          "lora_up.bias",
          "lora_B.bias",
          MAGNITUDE,
          MAGNITUDE);

  private final String layout;
  private final boolean rewrite;
  private final Set<String> changes = new LinkedHashSet<>();

  /**
   * Creates an empty collection.
   *
   * @param layout what to call the layout in messages
   * @param rewrite whether LyCORIS's DoRA may become PEFT's
   */
  public PeftTensors(String layout, boolean rewrite) {
    this.layout = layout;
    this.rewrite = rewrite;
  }

  /** Changes of the adapter that the layout required, as sentences. */
  public List<String> changes() {
    return List.copyOf(changes);
  }

  /**
   * Tensors of one layer by the suffix of their keys.
   *
   * @throws AdapterException if PEFT has no name for one of them
   */
  public SortedMap<String, HostTensor> of(PeftSite site) {
    return of(site, factors -> Optional.empty());
  }

  /**
   * Tensors of one layer by the suffix of their keys, in an adapter of one type.
   *
   * @throws AdapterException if PEFT has no name for one of them
   */
  SortedMap<String, HostTensor> of(PeftSite site, PeftKind kind) {
    return of(site, kind::tensors);
  }

  private SortedMap<String, HostTensor> of(
      PeftSite site, Function<Factors, Optional<SortedMap<String, HostTensor>>> own) {
    SortedMap<String, HostTensor> named = new TreeMap<>();
    for (Factors factors : site.factors()) {
      Optional<SortedMap<String, HostTensor>> found = own.apply(factors);
      if (found.isPresent()) {
        named.putAll(found.get());
        continue;
      }
      AdapterMethod method = Methods.named(factors.method());
      SortedMap<String, HostTensor> roles =
          site.site().map(s -> method.write(s, factors)).orElseGet(() -> method.write(factors));
      roles.remove(AdapterMethod.ALPHA);
      roles.forEach((role, tensor) -> put(named, site, role, tensor));
    }
    return named;
  }

  private void put(
      SortedMap<String, HostTensor> named, PeftSite site, String role, HostTensor tensor) {
    switch (role) {
      case Alpha.SCALAR ->
          throw none(site, role, "Multiply the scales into the factors, which takes it in.");
      case "lora_mid.weight" ->
          throw none(site, role, "Write kohya's layout, or turn the adapter into LoRA first.");
      case LYCORIS_MAGNITUDE -> named.put(MAGNITUDE, magnitude(rewritten(site, tensor)));
      case MAGNITUDE -> named.put(MAGNITUDE, magnitude(tensor));
      case ModulesToSaveMethod.WEIGHT ->
          named.put(own(site, "weight"), site.turned() ? Matrices.transposed(tensor) : tensor);
      case ModulesToSaveMethod.BIAS -> named.put(own(site, "bias"), tensor);
      case "boft_s" -> named.put(role, outputs(site, tensor));
      case DOWN, UP -> {
        if (site.embedding()) {
          // PEFT's embeddings take rows of A by word, so it has both the other way round.
          named.put(
              role.equals(UP) ? "lora_embedding_A" : "lora_embedding_B",
              Matrices.transposed(tensor));
        } else {
          named.put(NAMES.getOrDefault(role, role), tensor);
        }
      }
      default -> named.put(NAMES.getOrDefault(role, role), tensor);
    }
  }

  /**
   * PEFT's name of a layer's own weight or bias, which is one level lower where the layer has
   * factors.
   */
  private static String own(PeftSite site, String parameter) {
    return site.tuned().factors().isEmpty() ? parameter : "base_layer." + parameter;
  }

  private HostTensor rewritten(PeftSite site, HostTensor scale) {
    Shape shape = scale.shape();
    if (shape.size(0) != shape.elements()) {
      throw none(
          site,
          LYCORIS_MAGNITUDE + " by input",
          "PEFT has lengths by output alone. Write kohya's layout.");
    }
    if (!rewrite) {
      throw none(
          site,
          LYCORIS_MAGNITUDE,
          "PEFT's "
              + MAGNITUDE
              + " is the same but for the smallest step of F32 that LyCORIS adds to lengths."
              + " Train with the method's setting convention = peft; of one that is trained, allow"
              + " rewriting (convert --rewrite), or write kohya's layout.");
    }
    changes.add(
        "LyCORIS's DoRA is written as PEFT's, without the 1.2e-7 added to the lengths it divides"
            + " by.");
    return scale;
  }

  /** [out] of linear layers, [1, out, 1, ...] of convolutions. */
  private static HostTensor magnitude(HostTensor tensor) {
    long out = tensor.shape().elements();
    return tensor.shape().rank() <= 2
        ? tensor.reshape(Shape.of(out))
        : tensor.reshape(tensor.shape().with(0, 1).with(1, out));
  }

  /** [1, out] of convolutions; [out, 1] of others. */
  private static HostTensor outputs(PeftSite site, HostTensor scales) {
    boolean convolution = site.site().filter(Site::convolution).isPresent();
    return convolution ? scales.reshape(Shape.of(1, scales.shape().elements())) : scales;
  }

  private AdapterException none(PeftSite site, String role, String advice) {
    return new AdapterException(
        layout + " has no form for " + role + " of " + site.name() + ". " + advice);
  }
}
