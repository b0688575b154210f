package dev.lora4j.core.adapter;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.ExtensionException;
import dev.lora4j.spi.Extensions;
import dev.lora4j.spi.PointView;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/** The methods there are, this library's and those that plug-ins bring. */
public final class Methods {
  private static final PointView<AdapterMethod, Set<String>> ROLES =
      PointView.of(AdapterMethod.class, Methods::roles);

  private static final PointView<AdapterMethod, Set<String>> SHARED =
      PointView.of(AdapterMethod.class, Methods::shared);

  private Methods() {}

  /** All methods by name. */
  public static SortedMap<String, AdapterMethod> all() {
    return Extensions.installed().shared(AdapterMethod.class);
  }

  /**
   * The method called {@code name}.
   *
   * @throws ExtensionException if there is none
   */
  public static AdapterMethod named(String name) {
    return Extensions.installed().shared(AdapterMethod.class, name);
  }

  /**
   * The additive method called {@code name}.
   *
   * @throws ExtensionException if there is none
   * @throws AdapterException if it is not additive
   */
  public static AdditiveMethod additive(String name) {
    if (named(name) instanceof AdditiveMethod additive) {
      return additive;
    }
    throw new AdapterException(name + " is no additive method, so it has no delta of its own.");
  }

  /** Factors that are a LoRA in another form, as that LoRA; others as they are. */
  public static Factors lora(Factors factors) {
    return named(factors.method()) instanceof AdditiveMethod sum ? sum.lora(factors) : factors;
  }

  /** Roles of all methods. */
  public static Set<String> roles() {
    return ROLES.get();
  }

  /** Roles of tensors that files have once for all layers of a model. */
  public static Set<String> shared() {
    return SHARED.get();
  }

  private static Set<String> shared(SortedMap<String, AdapterMethod> methods) {
    Set<String> roles = new TreeSet<>();
    for (AdapterMethod method : methods.values()) {
      if (method instanceof SharingMethod sharing) {
        roles.addAll(Extensions.installed().ask(method, sharing::shared, Set.of()));
      }
    }
    return Collections.unmodifiableSet(roles);
  }

  private static Set<String> roles(SortedMap<String, AdapterMethod> methods) {
    Set<String> roles = new TreeSet<>();
    Extensions installed = Extensions.installed();
    methods.values().forEach(m -> roles.addAll(installed.ask(m, m::roles, Set.of())));
    return Collections.unmodifiableSet(roles);
  }

  /**
   * The factors in the tensors of one site, of as many methods as there are.
   *
   * @throws AdapterException if a tensor belongs to no method that is complete, does not fit, or
   *     has values that are not finite, or if a method cannot act on that kind of layer
   */
  public static List<Factors> read(SiteTensors tensors) {
    List<Factors> found = new ArrayList<>();
    // Methods that depend on the weight come first, as one of them may wrap an additive one.
    for (AdapterMethod method : all().values()) {
      SiteTensors rest = tensors.without(tensors.used());
      if (method instanceof TransformMethod && recognises(method, rest)) {
        found.add(read(method, rest));
      }
    }
    // New values of the base come before all that depends on them.
    List<Factors> acting = found.stream().filter(f -> !replaces(f)).toList();
    requireOneOrder(tensors, acting);
    found.removeAll(acting);
    found.addAll(acting);
    SiteTensors rest = tensors.without(tensors.used());
    for (AdapterMethod method : all().values()) {
      if (!(method instanceof TransformMethod) && recognises(method, rest)) {
        found.add(read(method, rest));
      }
    }
    Set<String> left = new TreeSet<>(tensors.roles());
    left.removeAll(tensors.used());
    left.removeAll(tensors.ignored().keySet());
    if (!left.isEmpty()) {
      throw incomplete(tensors, left);
    }
    return found;
  }

  /**
   * Returns true if tensors of a site are factors of a method; false if the method's plug-in fails.
   */
  public static boolean recognises(AdapterMethod method, SiteTensors tensors) {
    return Extensions.installed().ask(method, () -> method.recognises(tensors), false);
  }

  private static boolean replaces(Factors factors) {
    return named(factors.method()) instanceof TransformMethod method && method.replaces();
  }

  private static void requireOneOrder(SiteTensors tensors, List<Factors> found) {
    if (found.size() > 1) {
      throw new AdapterException(
          tensors.site().name()
              + " has factors of "
              + String.join(" and ", found.stream().map(Factors::method).toList())
              + ", each of which depends on the weight it acts on; the file does not say which"
              + " acts first.");
    }
  }

  private static Factors read(AdapterMethod method, SiteTensors tensors) {
    if (!method.kinds().contains(tensors.site().kind())) {
      throw new AdapterException(
          tensors.keys()
              + " are of the method "
              + method.name()
              + ", which cannot change "
              + tensors.site().name()
              + ": it is a layer of kind "
              + tensors.site().kind()
              + ".");
    }
    Factors factors = method.read(tensors);
    factors.tensors().forEach((role, tensor) -> requireNumbers(method, tensors, role, tensor));
    return factors;
  }

  private static void requireNumbers(
      AdapterMethod method, SiteTensors tensors, String role, HostTensor tensor) {
    DType type = tensor.dtype();
    if (type.floating() == method.integers().contains(role) || !type.computable()) {
      throw new AdapterException(
          tensors.key(role)
              + " is "
              + tensor
              + ", but the method "
              + method.name()
              + " takes "
              + (method.integers().contains(role) ? "whole numbers" : "F16, BF16, F32 or F64")
              + " there.");
    }
    if (tensor.dtype().floating() && !tensor.finite()) {
      throw new AdapterException(
          tensors.key(role)
              + " has values that are not finite. The training of this adapter went wrong (often an"
              + " overflow of F16); it cannot be used.");
    }
  }

  private static AdapterException incomplete(SiteTensors tensors, Set<String> left) {
    String role = left.iterator().next();
    List<String> known =
        all().values().stream()
            .filter(m -> m.roles().contains(role))
            .map(AdapterMethod::name)
            .toList();
    return new AdapterException(
        known.isEmpty()
            ? tensors.key(role) + " belongs to no method that is known."
            : tensors.key(role)
                + " is a part of "
                + String.join(" or ", known)
                + ", but its partner is missing at "
                + tensors.site().name()
                + "; the file is damaged or was cut.");
  }
}
