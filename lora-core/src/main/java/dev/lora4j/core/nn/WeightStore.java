package dev.lora4j.core.nn;

import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The weights of one model, by name, in the type they are computed in. Weights that are stored in
 * that type are mapped from the file and cost no memory of their own; others are converted.
 *
 * <p>Some may be quantised: of these there are the parts, as tensors called as {@link
 * WeightForm#tensor} says.
 */
public final class WeightStore {
  private final String origin;
  private final Map<String, Tensor> tensors;
  private final Map<String, WeightForm> forms;
  private final Map<String, Shape> shapes;
  private final Map<String, UnroundedWeight> unrounded;
  private final DType compute;
  private final Optional<NumberPrograms> programs;
  private final OptionalLong memory;

  private WeightStore(
      String origin,
      DType compute,
      Map<String, Tensor> tensors,
      Map<String, WeightForm> forms,
      Map<String, Shape> shapes,
      Map<String, UnroundedWeight> unrounded,
      Optional<NumberPrograms> programs,
      OptionalLong memory) {
    this.memory = memory;
    this.origin = origin;
    this.compute = compute;
    this.tensors = tensors;
    this.forms = Collections.unmodifiableMap(forms);
    this.shapes = shapes;
    this.unrounded = unrounded;
    this.programs = programs;
  }

  private static WeightStore plain(String origin, DType compute, Map<String, Tensor> tensors) {
    return new WeightStore(
        origin,
        compute,
        tensors,
        Map.of(),
        Map.of(),
        Map.of(),
        Optional.empty(),
        OptionalLong.empty());
  }

  /**
   * Quantised weights.
   *
   * @param origin file or folder of them, for messages
   * @param compute type that their numbers are computed in
   * @param tensors parts and constants of all of them
   * @param forms forms by name of the weight
   * @param shapes shapes by name of the weight
   */
  public static WeightStore quantised(
      String origin,
      DType compute,
      Map<String, Tensor> tensors,
      Map<String, WeightForm> forms,
      Map<String, Shape> shapes) {
    return new WeightStore(
        origin,
        compute,
        new LinkedHashMap<>(tensors),
        new LinkedHashMap<>(forms),
        new LinkedHashMap<>(shapes),
        Map.of(),
        Optional.empty(),
        OptionalLong.empty());
  }

  /**
   * Reads weights, whose tensors then belong to {@code scope}. Nothing is checked; what a model
   * asks for is compared with what there is by who knows both.
   *
   * @param weights where each lies, by the names that the model gives them
   * @param compute the type that they become
   */
  public static WeightStore load(
      Scope scope, TensorStore store, Map<String, StoredWeight> weights, DType compute) {
    return load(scope, StoredTensors.of(store), weights, compute);
  }

  /** Reads weights as {@link #load(Scope, TensorStore, Map, DType)} does. */
  public static WeightStore load(
      Scope scope, StoredTensors store, Map<String, StoredWeight> weights, DType compute) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try (Scope raw = scope.child("raw")) {
      WeightReader reader = new WeightReader(raw, store, compute);
      weights.forEach((name, weight) -> tensors.put(name, reader.read(scope, weight)));
    }
    return plain(store.path().toString(), compute, tensors);
  }

  /** These and those weights together; no name may be in both. */
  public WeightStore and(WeightStore others) {
    Map<String, Tensor> both = new LinkedHashMap<>(tensors);
    both.putAll(others.tensors);
    Map<String, WeightForm> packed = new LinkedHashMap<>(forms);
    packed.putAll(others.forms);
    Map<String, Shape> sizes = new LinkedHashMap<>(shapes);
    sizes.putAll(others.shapes);
    Map<String, UnroundedWeight> whole = new LinkedHashMap<>(unrounded);
    whole.putAll(others.unrounded);
    Optional<NumberPrograms> known = programs.or(() -> others.programs);
    return new WeightStore(origin, compute, both, packed, sizes, whole, known, memory);
  }

  /**
   * A copy that knows what weights were before they were rounded to few bits.
   *
   * @param weights by name; their tensors stay with their owner
   */
  public WeightStore withUnrounded(Map<String, UnroundedWeight> weights) {
    Map<String, UnroundedWeight> whole = new LinkedHashMap<>(unrounded);
    whole.putAll(weights);
    return new WeightStore(origin, compute, tensors, forms, shapes, whole, programs, memory);
  }

  /**
   * A copy that compiles what makes numbers of quantised weights once for all weights of a form and
   * shape, and not for each weight whose numbers are asked for.
   *
   * @param owner of the programs; it must live as long as the copy
   */
  public WeightStore keepingPrograms(Scope owner) {
    NumberPrograms kept = new NumberPrograms(owner, compute);
    return new WeightStore(
        origin, compute, tensors, forms, shapes, unrounded, Optional.of(kept), memory);
  }

  /**
   * A copy of which a network has no more in memory at a time than it is given: mapped weights are
   * read block by block.
   *
   * @param bytes the most that weights, and what adapters put in their place, may take
   */
  public WeightStore within(long bytes) {
    return new WeightStore(
        origin, compute, tensors, forms, shapes, unrounded, programs, OptionalLong.of(bytes));
  }

  /** Bytes that the weights may take in memory at a time; empty if all of them may be there. */
  public OptionalLong memory() {
    return memory;
  }

  /** These weights and those tensors, which stay with their owner; no name may be in both. */
  public WeightStore with(Map<String, Tensor> others) {
    return and(plain(origin, compute, others));
  }

  /** Returns true if there is a weight called {@code name}. */
  public boolean has(String name) {
    return tensors.containsKey(name) || forms.containsKey(name);
  }

  /** Forms of the quantised weights by name; unmodifiable. */
  public Map<String, WeightForm> forms() {
    return forms;
  }

  /** Bytes of all weights, each counted once. */
  public long bytes() {
    return new HashSet<>(tensors.values())
        .stream().mapToLong(t -> t.dtype().bytes(t.shape().elements())).sum();
  }

  /**
   * A copy in which some weights have further names.
   *
   * @param owners for each further name, the name of the weight that it is
   */
  public WeightStore sharing(Map<String, String> owners) {
    Map<String, Tensor> all = new LinkedHashMap<>(tensors);
    Map<String, WeightForm> packed = new LinkedHashMap<>(forms);
    Map<String, Shape> sizes = new LinkedHashMap<>(shapes);
    owners.forEach(
        (name, owner) -> {
          WeightForm form = forms.get(owner);
          if (form == null) {
            all.put(name, tensor(owner));
            return;
          }
          for (String part : parts(owner, form)) {
            all.put(WeightForm.tensor(name, part), tensor(WeightForm.tensor(owner, part)));
          }
          packed.put(name, form);
          sizes.put(name, shape(owner));
        });
    return new WeightStore(origin, compute, all, packed, sizes, unrounded, programs, memory);
  }

  private List<String> parts(String name, WeightForm form) {
    List<String> names = new ArrayList<>(form.constants().keySet());
    form.parts(shape(name)).forEach(part -> names.add(part.name()));
    return names;
  }

  /** Shape of the numbers of the weight called {@code name}. */
  public Shape shape(String name) {
    Shape shape = shapes.get(name);
    return shape == null ? tensor(name).shape() : shape;
  }

  /**
   * The numbers of a weight: the tensor as it is, or, of a quantised one, a new tensor that belongs
   * to {@code scope}.
   */
  public Tensor numbers(Scope scope, String name) {
    WeightForm form = forms.get(name);
    if (form == null) {
      return tensor(name);
    }
    Map<String, Tensor> given = new LinkedHashMap<>();
    for (String part : parts(name, form)) {
      given.put(part, tensor(WeightForm.tensor(name, part)));
    }
    if (programs.isPresent()) {
      return programs.get().numbers(scope, form, shape(name), given);
    }
    try (Scope work = scope.child("dequantise")) {
      return new NumberPrograms(work, compute).numbers(scope, form, shape(name), given);
    }
  }

  /**
   * The numbers that a weight had before it was rounded to few bits, in F32; empty if it was not
   * rounded when it was loaded.
   *
   * @param scope owner of the result
   */
  public Optional<Tensor> unrounded(Scope scope, String name) {
    return Optional.ofNullable(unrounded.get(name)).map(weight -> weight.numbers(scope));
  }

  /** The tensor called {@code name}: a weight that is not quantised, or a part of one that is. */
  public Tensor tensor(String name) {
    return Optional.ofNullable(tensors.get(name))
        .orElseThrow(() -> new TensorException(origin + " has no weight called " + name + "."));
  }
}
