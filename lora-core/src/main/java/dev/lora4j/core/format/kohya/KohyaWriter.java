package dev.lora4j.core.format.kohya;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.format.NativeName;
import dev.lora4j.core.format.metadata.KohyaHashes;
import dev.lora4j.core.format.metadata.KohyaKeys;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.writing.AdapterLayout;
import dev.lora4j.core.format.writing.AdapterWriter;
import dev.lora4j.core.format.writing.LayoutFile;
import dev.lora4j.core.format.writing.WriteRequest;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * kohya's layout, which most programs for pictures read: flat names of layers, a dot, and LyCORIS's
 * role of the tensor. Layers that are one in the model as it was first published are fused.
 */
@Extension(
    point = AdapterWriter.class,
    name = "kohya",
    help = "One file as sd-scripts and LyCORIS write it")
public final class KohyaWriter implements AdapterWriter {
  /** Roles that only PEFT's readers know. */
  private static final Set<String> ONLY_PEFT =
      Set.of(
          "ia3_l",
          "oft_R.weight",
          "boft_R",
          "boft_s",
          "shira_indices",
          "shira_weight",
          "miss_block",
          "gralora_A",
          "gralora_B",
          "gralora_A_general.weight",
          "gralora_B_general.weight",
          "mora_A.weight",
          "lora_E",
          "lora_route.weight",
          "hira_A",
          "hira_B",
          "hira_embedding_A",
          "hira_embedding_B",
          "vera_A",
          "vera_B",
          "vera_lambda_b",
          "vera_lambda_d",
          "randlora_A",
          "randlora_B",
          "randlora_lambda",
          "randlora_gamma");

  private static final String PEFT_MAGNITUDE = "lora_magnitude_vector";
  private static final String MAGNITUDE = "dora_scale";

  @Override
  public AdapterLayout lay(WriteRequest request) {
    Adapter adapter = request.adapter();
    KohyaNames names = new KohyaNames(request.family());
    FusedLayers fused = new FusedLayers(request.family());
    Layout layout = new Layout(request.rewrite());
    Map<String, SortedMap<String, List<Factors>>> whole = new LinkedHashMap<>();
    adapter
        .sites()
        .forEach(
            (site, factors) -> {
              Optional<NativeName> name = names.natively(site).filter(fused::changes);
              if (name.isPresent()) {
                whole
                    .computeIfAbsent(name.get().path(), path -> new TreeMap<>())
                    .put(site, factors);
              } else {
                Optional<Site> layer = request.family().sites().find(site);
                factors.forEach(f -> layout.add(names.flat(site), layer, f));
              }
            });
    whole.forEach(
        (path, parts) -> {
          FusedLayers.Fused one = fused.fuse(path, parts);
          layout.changes.addAll(one.changes());
          String flat = KohyaNames.flat(one.name());
          one.factors().forEach(f -> layout.add(flat, Optional.empty(), f));
        });
    if (!whole.isEmpty()) {
      layout.changes.add(
          "Layers that are one in the published model are fused: " + whole.size() + " of them.");
    }
    Metadata described = KohyaNetworkMetadata.of(adapter, request.family());
    return new AdapterLayout(List.of(LayoutFile.alone(layout.tensors, described)), layout.changes);
  }

  @Override
  public Metadata finish(SafetensorsWriter tensors, Metadata metadata) {
    KohyaHashes hashes = KohyaHashes.of(tensors, metadata);
    return metadata
        .with(KohyaKeys.MODEL_HASH, hashes.model())
        .with(KohyaKeys.LEGACY_HASH, hashes.legacy());
  }

  /** Tensors and changes laid out so far. */
  private static final class Layout {
    final SortedMap<String, HostTensor> tensors = new TreeMap<>();
    final List<String> changes = new ArrayList<>();
    private final boolean rewrite;
    private boolean renamed;

    Layout(boolean rewrite) {
      this.rewrite = rewrite;
    }

    void add(String flat, Optional<Site> site, Factors factors) {
      AdapterMethod method = Methods.named(factors.method());
      SortedMap<String, HostTensor> roles =
          site.map(s -> method.write(s, factors)).orElseGet(() -> method.write(factors));
      DType type = type(factors);
      roles.forEach((role, tensor) -> add(flat, factors, role, tensor, type));
    }

    private void add(String flat, Factors factors, String role, HostTensor tensor, DType type) {
      if (ONLY_PEFT.contains(role)) {
        throw new AdapterException(
            "kohya's layout has no form for "
                + role
                + " of "
                + flat
                + " (method "
                + factors.method()
                + "), which only PEFT has. Write PEFT's layout.");
      }
      if (role.equals(PEFT_MAGNITUDE)) {
        tensors.put(flat + "." + renamed(flat), tensor);
        return;
      }
      HostTensor stored = role.equals(AdapterMethod.ALPHA) ? alpha(tensor, type) : tensor;
      HostTensor before = tensors.put(flat + "." + role, stored);
      if (before != null && !before.equals(stored)) {
        throw new AdapterException(
            flat + " would have two tensors " + role + "; it has factors of two methods.");
      }
    }

    private String renamed(String flat) {
      if (!rewrite) {
        throw new AdapterException(
            "kohya's layout has no form for "
                + PEFT_MAGNITUDE
                + " of "
                + flat
                + ". LyCORIS's "
                + MAGNITUDE
                + " is the same but for the smallest step of F32 that it adds to lengths. Train"
                + " with the method's setting convention = lycoris; of one that is trained, allow"
                + " rewriting (convert --rewrite), or write diffusers' or PEFT's layout.");
      }
      if (!renamed) {
        changes.add(
            "PEFT's DoRA is written as LyCORIS's, which adds 1.2e-7 to the lengths it divides by.");
        renamed = true;
      }
      return MAGNITUDE;
    }

    private static DType type(Factors factors) {
      return factors.tensors().values().stream()
          .map(HostTensor::dtype)
          .filter(DType::floating)
          .findFirst()
          .orElse(DType.F32);
    }

    /** Alpha in the factors' type, as kohya writes it, unless the cast would change it. */
    private static HostTensor alpha(HostTensor alpha, DType type) {
      if (type != DType.F16 && type != DType.BF16) {
        return alpha;
      }
      HostTensor narrow = HostTensor.of(type, alpha.shape(), alpha.doubles());
      return narrow.doubles()[0] == alpha.doubles()[0] ? narrow : alpha;
    }
  }
}
