package dev.lora4j.core.mix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Target;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.NativeName;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.HostTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** In every dialect, with every method, each tensor that counts as used changes the layer. */
class DialectEffectTest {
  private static final Engine ENGINE = Engine.open();
  private static final Mixing MIXING = new Mixing(ENGINE.scope("dialects"));

  /**
   * How dialects spell layer {@code unet.linear} and what is native {@code diffusion_model.first}.
   */
  private static final Map<String, String> SPELLINGS =
      new TreeMap<>(
          Map.of(
              "kohya", "lora_unet_NAME",
              "diffusers", "unet.NAME",
              "comfyui", "diffusion_model.first.NAME",
              "lycoris", "lycoris_NAME",
              "peft", "base_model.model.NAME",
              "onetrainer", "lora_transformer_NAME",
              "omi", "unet.first.NAME",
              "bare", "NAME"));

  @TempDir Path folder;

  /** One layer and its tensors as a file of one dialect. */
  record Spelled(String dialect, String layer, MethodCase at) {
    @Override
    public String toString() {
      return dialect + " " + at;
    }
  }

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  static Stream<Spelled> files() {
    List<Spelled> all = new ArrayList<>();
    Set<String> methods = new TreeSet<>();
    for (MethodCase at : MethodCase.ALL) {
      boolean linear = at.site().kind() == Site.Kind.LINEAR;
      boolean plain = at.dtype() == DType.F32 && at.settings().isEmpty();
      if (linear && plain && methods.add(at.method())) {
        String name = at.site().name().substring("unet.".length());
        SPELLINGS.forEach((d, layer) -> all.add(new Spelled(d, layer.replace("NAME", name), at)));
      }
    }
    return all.stream();
  }

  private static Family family(Site site) {
    String name = site.name().substring("unet.".length());
    NativeName first = NativeName.of("diffusion_model.first." + name, site.name());
    return new Family("", "the base", new SiteCatalogue(List.of(site)), List.of(first));
  }

  private LoadedAdapter read(Spelled file, Map<String, HostTensor> roles) {
    SafetensorsWriter writer = new SafetensorsWriter();
    roles.forEach(
        (role, t) -> writer.add(file.layer() + "." + role, t.dtype(), t.shape(), t.bytes()));
    Path path = folder.resolve("a.safetensors");
    writer.write(path);
    return AdapterFiles.read(path, family(file.at().site()));
  }

  private static List<HostTensor> merged(MethodCase at, Adapter adapter) {
    List<HostTensor> all = new ArrayList<>();
    for (Target target : Target.values()) {
      if (at.layer().containsKey(target.parameter())) {
        all.add(MIXING.merge(at, target, List.of(adapter), Order.IN_TURN, 1));
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("files")
  void eachTensorThatIsUsedChangesTheLayer(Spelled file) {
    MethodCase at = file.at();
    LoadedAdapter whole = read(file, at.roles());
    assertEquals(Set.of(file.dialect()), whole.dialects());
    assertEquals(at.roles().size(), whole.account().total());
    assertEquals(at.adapter(at.factors()).identity(), whole.adapter().identity());
    List<HostTensor> before = merged(at, whole.adapter());
    Set<String> counted = new TreeSet<>(whole.account().used().keySet());
    counted.addAll(whole.account().converted().keySet());
    for (String key : counted) {
      String role = key.substring(file.layer().length() + 1);
      Map<String, HostTensor> changed = new TreeMap<>(at.roles());
      changed.computeIfPresent(role, (r, t) -> MethodContractTest.changed(r, t));
      try {
        assertNotEquals(before, merged(at, read(file, changed).adapter()), key);
      } catch (AdapterException e) {
        assertTrue(String.valueOf(e.getMessage()).contains(file.layer()), e.getMessage());
      }
    }
  }
}
