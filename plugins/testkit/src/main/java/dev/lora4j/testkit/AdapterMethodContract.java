package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.RowSlice;
import dev.lora4j.core.adapter.RowSlice.Range;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Contract of {@link AdapterMethod}. Subclasses give the tensors of a layer; methods to override
 * describe particular methods.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class AdapterMethodContract extends AdapterReadingContract {
  private static final double CLOSE = 1e-5;

  private Optional<Engine> opened = Optional.empty();

  /** Tests a method on the class path, see {@link ExtensionContract}. */
  protected AdapterMethodContract(String name) {
    super(name);
  }

  /** True if one program serves factors of any rank. */
  protected boolean anyRank() {
    return true;
  }

  @BeforeAll
  void open() {
    opened = Optional.of(Engine.open(EngineOptions.DEFAULT.threads(1)));
  }

  @AfterAll
  void close() {
    opened.orElseThrow().close();
  }

  private MethodEffect effect() {
    return new MethodEffect(opened.orElseThrow());
  }

  private static Map<LayerParameter, HostTensor> base(
      SyntheticLayer layer, Iterable<LayerParameter> targets) {
    Map<LayerParameter, HostTensor> base = new TreeMap<>();
    targets.forEach(target -> base.put(target, layer.parameter(target)));
    return base;
  }

  @Test
  void zeroWeightIsTheBaseToTheBit() {
    for (SyntheticLayer layer : layers()) {
      Map<LayerParameter, HostTensor> changed =
          effect().changed(layer, tensors(layer, 2).read(), 0);
      assertEquals(base(layer, changed.keySet()), changed, layer.site().name());
    }
  }

  @Test
  void everyTensorHasAnEffect() {
    for (SyntheticLayer layer : layers()) {
      MethodTensors own = tensors(layer, 2);
      Map<LayerParameter, HostTensor> whole = effect().changed(layer, own.read(), 1);
      assertFalse(whole.isEmpty(), "it changes nothing of " + layer.site().name());
      for (String role : counting(own)) {
        MethodTensors other = own.changed(role);
        assertTrue(
            other.refusal().isPresent() || !effect().changed(layer, other.read(), 1).equals(whole),
            role + " has no effect on " + layer.site().name());
      }
    }
  }

  @Test
  void theSameGivesTheSameBits() throws Exception {
    for (SyntheticLayer layer : layers()) {
      ManyThreads.agree(() -> effect().changed(layer, tensors(layer, 2).read(), 0.7f));
    }
  }

  @Test
  void oneProgramServesAllRanks() {
    if (!anyRank()) {
      return;
    }
    for (SyntheticLayer layer : layers()) {
      Factors two = tensors(layer, 2).read();
      Factors three = tensors(layer, 3).read();
      AdapterMethod method = extension();
      String site = layer.site().name();
      assertEquals(method.form(two.structure()), method.form(three.structure()), site);
      Map<LayerParameter, HostTensor> own = effect().changed(layer, three, 1);
      Map<LayerParameter, HostTensor> shared = effect().changed(layer, two.structure(), three, 1);
      assertEquals(own.keySet(), shared.keySet(), site);
      shared.forEach(
          (target, changed) ->
              assertTrue(
                  MethodEffect.distance(own.getOrDefault(target, changed), changed) < CLOSE,
                  "the program for rank 2 gives something else for rank 3 at " + site));
    }
  }

  @Test
  void theRankIsTheOneThatWasChosen() {
    for (SyntheticLayer layer : layers()) {
      for (int rank = 1; rank <= 4; rank++) {
        int chosen = rank;
        extension()
            .chosenRank(tensors(layer, rank).read().structure())
            .ifPresent(told -> assertEquals(chosen, told, layer.site().name()));
      }
    }
  }

  @Test
  void mergedEqualsUnmerged() {
    for (SyntheticLayer layer : layers()) {
      Factors factors = tensors(layer, 2).read();
      if (layer.product() && onWeight(factors)) {
        List<HostTensor> both = effect().besideAndInside(layer, factors);
        double distance = MethodEffect.distance(both.get(1), both.get(0));
        assertTrue(distance < CLOSE, "at " + layer.site().name() + " it is " + distance + " away");
      }
    }
  }

  private boolean onWeight(Factors factors) {
    return extension() instanceof AdditiveMethod sum
        && sum.target(factors.structure()) == LayerParameter.WEIGHT;
  }

  @Test
  void theLowRankFormIsTheDelta() {
    for (SyntheticLayer layer : layers()) {
      Factors factors = tensors(layer, 2).read();
      Site site = layer.site();
      OptionalInt rank =
          extension() instanceof AdditiveMethod sum
              ? sum.rank(site, factors.structure())
              : OptionalInt.empty();
      if (rank.isPresent()) {
        HostTensor down = effect().staged(factors, (m, f) -> m.lowRank(site, f).down());
        HostTensor up = effect().staged(factors, (m, f) -> m.lowRank(site, f).up());
        assertEquals(LowRank.down(site, rank.getAsInt()), down.shape(), site.name());
        assertEquals(LowRank.up(site, rank.getAsInt()), up.shape(), site.name());
        HostTensor product = effect().staged(factors, (m, f) -> m.lowRank(site, f).product(site));
        HostTensor delta = effect().staged(factors, (m, f) -> m.delta(site, f));
        assertTrue(MethodEffect.distance(delta, product) < CLOSE, site.name());
      }
    }
  }

  @Test
  void rowSlicesMatchTheWholeOrAreRefused() {
    for (SyntheticLayer layer : layers()) {
      MethodTensors own = tensors(layer, 2);
      Factors whole = own.read();
      Site site = layer.site();
      if (layer.product() && onWeight(whole)) {
        Range first = new Range(0, site.out() / 2);
        Range second = new Range(first.count(), site.out() - first.count());
        HostTensor delta = effect().staged(whole, (m, f) -> m.delta(site, f));
        for (Range range : List.of(first, second)) {
          RowSlice share = new RowSlice(List.of(range), List.of(first, second));
          part(site, whole, share)
              .ifPresent(
                  factors -> {
                    Site part = layer.rows(range.count()).site();
                    HostTensor rows = effect().staged(factors, (m, f) -> m.delta(part, f));
                    double scale = scale(factors) / scale(whole);
                    HostTensor expected = MethodEffect.times(share.of(delta), 1 / scale);
                    assertTrue(
                        MethodEffect.distance(expected, rows) < CLOSE,
                        "rows " + range + " of " + site.name());
                  });
        }
      }
    }
  }

  private Optional<Factors> part(Site site, Factors whole, RowSlice share) {
    try {
      Factors part = extension().rows(site, whole, share);
      // Factors of another method are that method's to keep.
      return part.method().equals(whole.method()) ? Optional.of(part) : Optional.empty();
    } catch (AdapterException e) {
      String told = String.valueOf(e.getMessage());
      assertTrue(told.contains(site.name()), told);
      return Optional.empty();
    }
  }

  private double scale(Factors factors) {
    return ((AdditiveMethod) extension()).scale(factors.structure());
  }
}
