package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Contract of {@link AdapterMethod} about its tensors: which are its own, which it refuses, and
 * that they come back as they were. Subclasses give the tensors of a layer; {@link
 * AdapterMethodContract} has the promises about their effect as well.
 */
public abstract class AdapterReadingContract extends ExtensionContract<AdapterMethod> {
  private static final String FOREIGN = "of_somebody_else.weight";
  private static final HostTensor NUMBERS = HostTensor.of(Shape.of(2), 1, 2);

  @TempDir private Path folder = Path.of("");

  AdapterReadingContract(String name) {
    super(AdapterMethod.class, name);
  }

  /**
   * Tensors of a file for one layer, by role, in floating types: random factors that have an
   * effect.
   *
   * @param site a layer of one of the method's kinds, see {@link AdapterMethod#kinds}
   * @param rank of the factors, from 1 to 4; methods without a rank ignore it
   */
  protected abstract Map<String, HostTensor> tensors(Site site, int rank, SplittableRandom random);

  /** Settings of the layer in the file's configuration that tensors do not show. */
  protected Map<String, String> settings(Site site) {
    return Map.of();
  }

  /** Roles among those of {@link #tensors} that a file may lack. */
  protected Set<String> optional() {
    return Set.of(AdapterMethod.ALPHA);
  }

  /** The layouts of files, of which one at least has a form for it. */
  protected Collection<String> layouts() {
    return FileRoundTrip.LAYOUTS;
  }

  /** F32, random, about normal with a deviation of 0.6. */
  protected static HostTensor numbers(Shape shape, SplittableRandom random) {
    return SyntheticLayer.numbers(shape, random);
  }

  final List<SyntheticLayer> layers() {
    List<SyntheticLayer> layers = SyntheticLayer.of(extension().kinds());
    assertFalse(layers.isEmpty(), "it can change no kind of layer");
    return layers;
  }

  final MethodTensors tensors(SyntheticLayer layer, int rank) {
    Site site = layer.site();
    return new MethodTensors(site, tensors(site, rank, new SplittableRandom(rank)), settings(site));
  }

  @Test
  void ownTensorsAloneAreRecognised() {
    for (SyntheticLayer layer : layers()) {
      MethodTensors own = tensors(layer, 2);
      assertTrue(extension().roles().containsAll(own.roles().keySet()), "roles it does not name");
      assertTrue(extension().recognises(own.all()), layer.site().name());
      List<Factors> read = Methods.read(own.all());
      assertEquals(List.of(extension().name()), read.stream().map(Factors::method).toList());
      for (Map<String, HostTensor> others : others()) {
        SiteTensors foreign = new MethodTensors(layer.site(), others, Map.of()).all();
        assertFalse(extension().recognises(foreign), "it takes " + others.keySet());
      }
    }
  }

  /** Tensors that are not its own: none, somebody's, and LoRA's unless it knows these. */
  private List<Map<String, HostTensor>> others() {
    Map<String, HostTensor> lora = Map.of(LoraMethod.DOWN, NUMBERS, LoraMethod.UP, NUMBERS);
    boolean known = extension().roles().stream().anyMatch(lora::containsKey);
    Map<String, HostTensor> foreign = Map.of(FOREIGN, NUMBERS);
    return known ? List.of(Map.of(), foreign) : List.of(Map.of(), foreign, lora);
  }

  @Test
  void ownTensorsAreTakenAndOthersLeft() {
    for (SyntheticLayer layer : layers()) {
      MethodTensors own = tensors(layer, 2);
      SiteTensors all = own.with(FOREIGN, NUMBERS).all();
      assertEquals(own.read(), extension().read(all), layer.site().name());
      Set<String> taken = new TreeSet<>(all.used());
      taken.addAll(all.ignored().keySet());
      assertEquals(own.roles().keySet(), taken, "what it took at " + layer.site().name());
    }
  }

  @Test
  void missingTensorIsRefusedByName() {
    for (SyntheticLayer layer : layers()) {
      MethodTensors own = tensors(layer, 2);
      for (String role : own.roles().keySet()) {
        // With nothing left there is nothing to refuse.
        if (!optional().contains(role) && own.roles().size() > 1) {
          requireRefused(own.without(role), "without " + role);
        }
      }
    }
  }

  @Test
  void aWrongShapeIsRefusedByName() {
    for (SyntheticLayer layer : layers()) {
      MethodTensors own = tensors(layer, 2);
      for (String role : counting(own)) {
        if (Methods.shared().contains(role)) {
          // Layers use the beginning of what they share.
          requireRefused(own.shorter(role), "with fewer numbers in " + role);
        } else {
          requireRefused(own.longer(role), "with more numbers in " + role);
        }
      }
    }
  }

  @Test
  void nonFiniteNumbersAreRefusedByName() {
    for (SyntheticLayer layer : layers()) {
      MethodTensors own = tensors(layer, 2);
      for (String role : counting(own)) {
        if (own.tensor(role).dtype().floating()) {
          requireRefused(own.second(role, Double.NaN), "with a NaN in " + role);
          requireRefused(own.second(role, Double.POSITIVE_INFINITY), "with an infinity in " + role);
        }
      }
    }
  }

  private static void requireRefused(MethodTensors tensors, String how) {
    Optional<String> refusal = tensors.refusal();
    assertTrue(refusal.isPresent(), "taken " + how);
    assertTrue(refusal.get().contains(tensors.site().name()), refusal.get());
  }

  /** The roles that are not taken as known to have no effect. */
  static Set<String> counting(MethodTensors tensors) {
    SiteTensors read = tensors.all();
    Methods.read(read);
    Set<String> roles = new TreeSet<>(tensors.roles().keySet());
    roles.removeAll(read.ignored().keySet());
    return roles;
  }

  @Test
  void writtenTensorsReadBack() {
    for (SyntheticLayer layer : layers()) {
      MethodTensors own = tensors(layer, 3);
      Factors factors = own.read();
      SortedMap<String, HostTensor> written = extension().write(factors);
      assertTrue(extension().roles().containsAll(written.keySet()), written.keySet().toString());
      MethodTensors again = new MethodTensors(layer.site(), written, own.settings());
      assertEquals(factors, again.read(), layer.site().name());
    }
  }

  @Test
  void writtenFileReadsBack() {
    FileRoundTrip files = new FileRoundTrip(folder, SyntheticLayer.BASE);
    for (SyntheticLayer layer : layers()) {
      String site = layer.site().name();
      List<Factors> factors = List.of(tensors(layer, 2).read());
      files.requireSame(new Adapter(site, Map.of(site, factors), Map.of()), layouts());
    }
  }
}
