package dev.lora4j.text.train;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.align.ReferenceSync;
import dev.lora4j.text.pipeline.LanguageModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * A reference that follows the model: a copy of the adapter as it is before the first step, whose
 * factors are mixed with those of the adapter from time to time. For one thread.
 */
final class MovingReference {
  private static final String ENTRY = "lora4j_reference_sync";
  private static final String PREFIX = "reference/";

  private final Scope scope;
  private final LanguageModel model;
  private final MixPlan begun;
  private final double temperature;
  private final ReferenceSync sync;
  private Map<String, HostTensor> stored = Map.of();
  private Optional<Adapter> now = Optional.empty();
  private Optional<FrozenReference> asked = Optional.empty();

  /**
   * The reference of a run.
   *
   * @param owner of what it computes with
   * @param begun the adapter that the run begins with; none for a fresh one
   * @param temperature what logits are divided by
   */
  MovingReference(
      Scope owner, LanguageModel model, MixPlan begun, double temperature, ReferenceSync sync) {
    this.scope = owner;
    this.model = model;
    this.begun = begun;
    this.temperature = temperature;
    this.sync = sync;
  }

  /**
   * Moves it, if that is due before a step. The first step begins anew.
   *
   * @param step from 0
   * @param adapters makes the adapter as it is before the step
   */
  void before(long step, Supplier<MixPlan> adapters) {
    boolean due = step > 0 && step % sync.every() == 0;
    if (step > 0 && !due && now.isPresent()) {
      return;
    }
    Adapter policy = adapters.get().adapters().get(0);
    if (step == 0) {
      stored = Map.of();
      now = Optional.empty();
    }
    Adapter before = now.orElseGet(() -> stored.isEmpty() ? policy : restored(policy));
    now = Optional.of(due ? mixed(policy, before) : before);
    forget();
  }

  /** Frees what answers for a reference that is no more. */
  private void forget() {
    asked.ifPresent(FrozenReference::close);
    asked = Optional.empty();
  }

  /** The reference as it is now. */
  FrozenReference reference() {
    FrozenReference found =
        asked.orElseGet(
            () ->
                new FrozenReference(
                    scope, model, now.map(a -> MixPlan.of(a, 1)).orElse(begun), temperature));
    asked = Optional.of(found);
    return found;
  }

  /** The adapter of the reference, after the first call of {@link #before}. */
  Optional<Adapter> adapter() {
    return now;
  }

  /** Its factors, as a checkpoint keeps them. */
  Map<String, HostTensor> state() {
    Map<String, HostTensor> all = new LinkedHashMap<>(stored);
    now.ifPresent(adapter -> each(adapter, (name, tensor) -> keep(all, name, tensor)));
    return all;
  }

  private static HostTensor keep(Map<String, HostTensor> all, String name, HostTensor tensor) {
    all.put(name, tensor);
    return tensor;
  }

  /** Goes back to factors among what was kept; to none if they are not there. */
  void restore(Map<String, HostTensor> state) {
    Map<String, HostTensor> own = new LinkedHashMap<>(state);
    own.keySet().removeIf(name -> !name.startsWith(PREFIX));
    // Whoever computes one step after the other has them already, ready to be asked.
    if (!own.equals(state())) {
      stored = own;
      now = Optional.empty();
      forget();
    }
  }

  private Adapter restored(Adapter like) {
    return each(like, (name, tensor) -> Objects.requireNonNull(stored.get(name), name));
  }

  private Adapter mixed(Adapter policy, Adapter before) {
    Map<String, HostTensor> old = new LinkedHashMap<>();
    each(before, (name, tensor) -> keep(old, name, tensor));
    float share = (float) sync.share();
    return each(
        policy,
        (name, tensor) ->
            tensor.dtype() == DType.F32
                ? HostTensor.sum(
                    DType.F32,
                    List.of(tensor, Objects.requireNonNull(old.get(name), name)),
                    share,
                    1 - share)
                : tensor);
  }

  /** An adapter of other numbers, made of each tensor of this one by its name. */
  private static Adapter each(Adapter adapter, BiFunction<String, HostTensor, HostTensor> change) {
    Map<String, List<Factors>> sites = new LinkedHashMap<>();
    adapter
        .sites()
        .forEach(
            (site, all) -> {
              List<Factors> changed = new ArrayList<>();
              for (int i = 0; i < all.size(); i++) {
                Factors one = all.get(i);
                String prefix = PREFIX + site + "/" + i + "/";
                Map<String, HostTensor> tensors = new LinkedHashMap<>();
                one.tensors()
                    .forEach((role, t) -> tensors.put(role, change.apply(prefix + role, t)));
                changed.add(Factors.of(one.method(), tensors, one.settings()));
              }
              sites.put(site, changed);
            });
    return new Adapter("reference", sites, Map.of());
  }

  /** Metadata in the header of the trained adapter. */
  Map<String, String> metadata() {
    return Map.of(ENTRY, sync.text());
  }
}
