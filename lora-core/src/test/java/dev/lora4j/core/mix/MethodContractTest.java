package dev.lora4j.core.mix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Alpha;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.SharedTensor;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.adalora.AdaloraMethod;
import dev.lora4j.core.adapter.lokr.LokrMethod;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriter;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every method owes, whatever its mathematics. */
class MethodContractTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("contract");
  private static final Mixing MIXING = new Mixing(SCOPE);

  /** Settings whose effect is in the tensors once they are read. */
  private static final Set<String> FOLDED =
      Set.of(Alpha.LORA_ALPHA, Alpha.RANK_STABILISED, LokrMethod.RANK);

  @TempDir Path folder;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  static Stream<MethodCase> all() {
    return MethodCase.ALL.stream();
  }

  static Stream<MethodCase> single() {
    return all().filter(c -> c.dtype() == DType.F32);
  }

  private static HostTensor merged(
      MethodCase at, Map<String, HostTensor> roles, LayerParameter target) {
    List<Factors> factors = Methods.read(at.tensors(roles, at.settings()));
    return MIXING.merge(at, target, List.of(at.adapter(factors)), AdapterOrder.IN_TURN, 1);
  }

  private static List<LayerParameter> targets(MethodCase at) {
    return Stream.of(LayerParameter.values())
        .filter(t -> at.layer().containsKey(t.parameter()))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("all")
  void zeroWeightIsTheBaseToTheBit(MethodCase at) {
    for (LayerParameter target : targets(at)) {
      HostTensor base = MIXING.merge(at, target, List.of(), AdapterOrder.IN_TURN);
      List<Adapter> adapters = List.of(at.adapter(at.factors()));
      for (AdapterOrder order : AdapterOrder.values()) {
        assertEquals(base, MIXING.merge(at, target, adapters, order, 0));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("single")
  void orderDoesNotMatterForOneAdapter(MethodCase at) {
    List<Adapter> adapters = List.of(at.adapter(at.factors()));
    for (LayerParameter target : targets(at)) {
      HostTensor inTurn = MIXING.merge(at, target, adapters, AdapterOrder.IN_TURN, 1);
      HostTensor fromBase = MIXING.merge(at, target, adapters, AdapterOrder.FROM_BASE, 1);
      assertTrue(Mixing.error(fromBase.doubles(), inTurn.doubles()) <= 2e-7);
    }
  }

  @Test
  void additiveSumsCommute() {
    List<MethodCase> sums = single().filter(MethodMatrixTest::isAdditive).toList();
    int compared = 0;
    for (int i = 1; i < sums.size(); i++) {
      MethodCase one = sums.get(i - 1);
      MethodCase two = sums.get(i);
      if (one.site().equals(two.site())) {
        Adapter a = one.adapter(one.factors());
        Adapter b = two.adapter(two.factors());
        HostTensor ab =
            MIXING.merge(
                one, LayerParameter.WEIGHT, List.of(a, b), AdapterOrder.IN_TURN, 0.7f, -0.4f);
        HostTensor ba =
            MIXING.merge(
                one, LayerParameter.WEIGHT, List.of(b, a), AdapterOrder.IN_TURN, -0.4f, 0.7f);
        assertTrue(Mixing.error(ba.doubles(), ab.doubles()) <= 1e-6, one + " and " + two);
        compared++;
      }
    }
    assertTrue(compared > 5, compared + " pairs");
  }

  @ParameterizedTest
  @MethodSource("single")
  void everyTensorThatIsUsedHasAnEffect(MethodCase at) {
    SiteTensors tensors = at.tensors();
    Methods.read(tensors);
    for (String role : at.roles().keySet()) {
      assertNotEquals(tensors.used().contains(role), tensors.ignored().containsKey(role), role);
      if (!tensors.ignored().containsKey(role)) {
        Map<String, HostTensor> changed = new TreeMap<>(at.roles());
        changed.put(role, changed(role, at.roles().get(role)));
        assertTrue(refused(at, changed) || differs(at, changed), role);
      }
    }
  }

  private static boolean refused(MethodCase at, Map<String, HostTensor> roles) {
    try {
      Methods.read(at.tensors(roles, at.settings()));
      return false;
    } catch (AdapterException e) {
      return true;
    }
  }

  private static boolean differs(MethodCase at, Map<String, HostTensor> roles) {
    return targets(at).stream()
        .anyMatch(t -> !merged(at, roles, t).equals(merged(at, at.roles(), t)));
  }

  /** The second element changed, as the first of a rotation's is on its diagonal. */
  static HostTensor changed(String role, HostTensor tensor) {
    if (role.equals(AdapterMethod.ALPHA)) {
      // Small enough to be a limit of rotations that is met.
      double alpha = tensor.doubles()[0];
      return HostTensor.of(tensor.shape(), alpha == 0 ? 1e-3f : (float) alpha / 2);
    }
    byte[] bytes = new byte[tensor.bytes().remaining()];
    tensor.bytes().get(bytes);
    int size = bytes.length / Math.toIntExact(tensor.shape().elements());
    int second = Math.min(size, bytes.length - size);
    // The last byte of a number with an exponent is its sign, the first of an integer its unit.
    bytes[tensor.dtype().floating() ? second + size - 1 : second] ^=
        (byte) (tensor.dtype().floating() ? 0x80 : 1);
    return HostTensor.of(tensor.dtype(), tensor.shape(), ByteBuffer.wrap(bytes));
  }

  @ParameterizedTest
  @MethodSource("single")
  void everyWrongShapeIsRefusedByName(MethodCase at) {
    SiteTensors tensors = at.tensors();
    Methods.read(tensors);
    for (String role : at.roles().keySet()) {
      if (!tensors.ignored().containsKey(role)) {
        Map<String, HostTensor> changed = new TreeMap<>(at.roles());
        HostTensor tensor = at.roles().get(role);
        // Layers use the beginning of what they share.
        changed.put(role, Methods.shared().contains(role) ? shorter(tensor) : longer(tensor));
        AdapterException e =
            assertThrows(
                AdapterException.class,
                () -> Methods.read(at.tensors(changed, at.settings())),
                role);
        assertTrue(at.roles().keySet().stream().anyMatch(r -> e.getMessage().contains("key." + r)));
        assertTrue(e.getMessage().contains(at.site().name()), e.getMessage());
      }
    }
  }

  /** The last dimension smaller by 1. */
  private static HostTensor shorter(HostTensor tensor) {
    Shape smaller = tensor.shape().with(-1, tensor.shape().size(-1) - 1);
    return new SharedTensor(tensor).corner(smaller);
  }

  /** The last dimension larger by 1; two numbers instead of one. */
  private static HostTensor longer(HostTensor tensor) {
    Shape shape = tensor.shape().rank() == 0 ? Shape.of(1) : tensor.shape();
    Shape larger = shape.with(-1, shape.size(-1) + 1);
    int bytes = Math.toIntExact(tensor.dtype().bytes(larger.elements()));
    ByteBuffer data = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    return HostTensor.of(tensor.dtype(), larger, data.put(tensor.bytes()).rewind());
  }

  @ParameterizedTest
  @MethodSource("all")
  void writtenTensorsReadBack(MethodCase at) {
    List<Factors> factors = at.factors();
    Map<String, HostTensor> written = new TreeMap<>();
    factors.forEach(f -> written.putAll(Methods.named(f.method()).write(f)));
    Map<String, String> settings = new TreeMap<>(at.settings());
    if (!at.method().equals(AdaloraMethod.NAME)) {
      settings.keySet().removeAll(FOLDED);
    }
    assertEquals(factors, Methods.read(at.tensors(written, settings)));
  }

  @ParameterizedTest
  @MethodSource("all")
  void writtenFileReadsBack(MethodCase at) {
    Adapter adapter = at.adapter(at.factors());
    Family base = Family.of("the base", new SiteCatalogue(List.of(at.site())));
    Set<String> layouts = new HashSet<>();
    for (AdapterWriter layout : AdapterWriters.all().values()) {
      Path path = folder.resolve(layout.folder() ? layout.name() : layout.name() + ".safetensors");
      Adapter stored;
      try {
        stored = AdapterOutput.write(adapter, base, layout, WriteOptions.EXACT, path).adapter();
      } catch (AdapterException e) {
        assertTrue(e.getMessage().matches(".*([Ww]rite |Multiply|no layout).*"), e.getMessage());
        continue;
      }
      layouts.add(layout.name());
      LoadedAdapter read = AdapterFiles.read(path, base);
      if (!at.method().equals(AdaloraMethod.NAME) || layout.name().equals("peft")) {
        assertEquals(adapter.sites(), stored.sites(), layout.name());
      }
      assertEquals(stored.sites(), read.adapter().sites(), layout.name());
      assertEquals(stored.identity(), read.adapter().identity(), layout.name());
    }
    assertFalse(layouts.isEmpty(), "no layout has a form for it");
  }

  @Test
  void identitiesDiffer() {
    Set<String> identities = new HashSet<>();
    all().forEach(c -> assertTrue(identities.add(c.adapter(c.factors()).identity()), c.name()));
    assertFalse(identities.isEmpty());
  }
}
