package dev.lora4j.core.mix;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.format.AdapterFormat;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.Formats;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** In every dialect, with every method, each tensor that counts as used changes the layer. */
class DialectEffectTest {
  private static final Engine ENGINE = Engine.open();
  private static final Mixing MIXING = new Mixing(ENGINE.scope("dialects"));

  @TempDir Path folder;

  /** One layer and its tensors as a file of one dialect. */
  record Spelled(DialectSpelling spelling, MethodCase at) {
    @Override
    public String toString() {
      return spelling.dialect() + " " + spelling.name() + " " + at;
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
        DialectSpelling.ALL.stream()
            .filter(s -> s.has(at))
            .forEach(s -> all.add(new Spelled(s, s.at(at))));
      }
    }
    return all.stream();
  }

  private LoadedAdapter read(Spelled file, Map<String, HostTensor> roles) {
    SafetensorsWriter writer = new SafetensorsWriter();
    roles.forEach(
        (role, t) -> writer.add(file.spelling().key(role), t.dtype(), t.shape(), t.bytes()));
    Path path = folder.resolve("a.safetensors");
    writer.write(path);
    SiteCatalogue sites = new SiteCatalogue(List.of(file.at().site()));
    return AdapterFiles.read(
        path, new Family("", "the base", sites, List.of(file.spelling().natively())));
  }

  private static List<HostTensor> merged(MethodCase at, Adapter adapter) {
    List<HostTensor> all = new ArrayList<>();
    for (LayerParameter target : LayerParameter.values()) {
      if (at.layer().containsKey(target.parameter())) {
        all.add(MIXING.merge(at, target, List.of(adapter), AdapterOrder.IN_TURN, 1));
      }
    }
    return all;
  }

  @Test
  void eachDialectHasACase() {
    Set<String> cases = files().map(f -> f.spelling().dialect()).collect(toSet());
    // Its scale is in a configuration beside the file: MlxTest.
    cases.add("mlx");
    assertEquals(Formats.all().stream().map(AdapterFormat::name).collect(toSet()), cases);
  }

  @ParameterizedTest
  @MethodSource("files")
  void eachTensorThatIsUsedChangesTheLayer(Spelled file) {
    MethodCase at = file.at();
    LoadedAdapter whole = read(file, at.roles());
    assertEquals(Set.of(file.spelling().dialect()), whole.dialects());
    assertEquals(at.roles().size(), whole.account().total());
    assertEquals(at.adapter(at.factors()).identity(), whole.adapter().identity());
    List<HostTensor> before = merged(at, whole.adapter());
    Set<String> counted = new TreeSet<>(whole.account().used().keySet());
    counted.addAll(whole.account().converted().keySet());
    assertFalse(counted.isEmpty());
    for (String role : at.roles().keySet()) {
      String key = file.spelling().key(role);
      if (counted.remove(key)) {
        Map<String, HostTensor> changed = new TreeMap<>(at.roles());
        changed.computeIfPresent(role, (r, t) -> MethodContractTest.changed(r, t));
        try {
          assertNotEquals(before, merged(at, read(file, changed).adapter()), key);
        } catch (AdapterException e) {
          String message = String.valueOf(e.getMessage());
          assertTrue(message.contains(file.spelling().layer()), message);
        }
      }
    }
    assertEquals(Set.of(), counted, "keys that count as used and are not in the file");
  }
}
