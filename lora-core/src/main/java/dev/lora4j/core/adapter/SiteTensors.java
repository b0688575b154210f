package dev.lora4j.core.adapter;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Content of a file for one site: tensors by canonical role, and settings of the file's
 * configuration that the tensors do not carry. Dialects make it, methods read their factors from
 * it.
 *
 * <p>Roles are the suffixes of LyCORIS's keys, for example {@code lora_down.weight} or {@code
 * hada_w1_a}; methods that only PEFT has keep PEFT's suffixes.
 */
public final class SiteTensors {
  /** A tensor and its key in the file. */
  private record Entry(String key, SharedTensor shared) {
    HostTensor value() {
      return shared.whole();
    }
  }

  private final Site site;
  private final SortedMap<String, Entry> entries = new TreeMap<>();
  private final SortedMap<String, String> settings = new TreeMap<>();
  private final Set<String> used;
  private final List<String> warnings;
  private final SortedMap<String, String> ignored;

  /** Creates an empty set of tensors for {@code site}. */
  public SiteTensors(Site site) {
    this(site, new TreeSet<>(), new ArrayList<>(), new TreeMap<>());
  }

  private SiteTensors(
      Site site, Set<String> used, List<String> warnings, SortedMap<String, String> ignored) {
    this.site = site;
    this.used = used;
    this.warnings = warnings;
    this.ignored = ignored;
  }

  /**
   * Adds a tensor.
   *
   * @param key what the file calls it, for messages
   */
  public SiteTensors add(String role, String key, HostTensor value) {
    return share(role, key, new SharedTensor(value));
  }

  /**
   * Adds a tensor that other layers use as well.
   *
   * @param key what the file calls it, for messages
   */
  public SiteTensors share(String role, String key, SharedTensor tensor) {
    entries.put(role, new Entry(key, tensor));
    return this;
  }

  /** Adds a setting, under the name that the method gives it. */
  public SiteTensors set(String name, String value) {
    settings.put(name, value);
    return this;
  }

  /** The layer that they are for. */
  public Site site() {
    return site;
  }

  /** The roles that there are. */
  public Set<String> roles() {
    return Collections.unmodifiableSet(entries.keySet());
  }

  /** Returns true if there is a tensor with this role. */
  public boolean has(String role) {
    return entries.containsKey(role);
  }

  /** The file's key of the tensor with this role; the role itself if there is none. */
  public String key(String role) {
    Entry entry = entries.get(role);
    return entry == null ? role : entry.key();
  }

  /** Shape of the tensor with this role, if there is one. */
  public Optional<Shape> shape(String role) {
    return Optional.ofNullable(entries.get(role)).map(e -> e.value().shape());
  }

  /**
   * The tensor with this role.
   *
   * @throws AdapterException if there is none
   */
  public HostTensor tensor(String role) {
    Entry entry = entries.get(role);
    if (entry == null) {
      throw new AdapterException(
          site.name() + " lacks its " + role + " beside " + keys() + "; the file was cut short.");
    }
    used.add(role);
    return entry.value();
  }

  /**
   * The tensor with this role under another shape. Files differ in dimensions of size 1 at the end
   * and in whether the kernel is flattened; rows stay rows.
   *
   * @throws AdapterException if there is none, or it has other rows or columns
   */
  public HostTensor tensor(String role, Shape wanted) {
    HostTensor tensor = tensor(role);
    Shape found = tensor.shape();
    boolean fits =
        found.elements() == wanted.elements()
            && (wanted.rank() < 2
                ? found.rank() < 2 || longest(found) == wanted.elements()
                : found.rank() >= 2 && found.size(0) == wanted.size(0));
    if (!fits) {
      throw wrong(role, wanted.toString());
    }
    return tensor.reshape(wanted);
  }

  /**
   * The layer's part of the tensor with this role, which all layers share: the elements with the
   * lowest indices.
   *
   * @throws AdapterException if there is none, it has other dimensions, or one is smaller
   */
  public HostTensor corner(String role, Shape wanted) {
    tensor(role);
    SharedTensor shared = Objects.requireNonNull(entries.get(role)).shared();
    if (!shared.has(wanted)) {
      throw wrong(role, "at least " + wanted);
    }
    return shared.corner(wanted);
  }

  private static long longest(Shape shape) {
    long longest = 1;
    for (long size : shape.sizes()) {
      longest = Math.max(longest, size);
    }
    return longest;
  }

  /**
   * The only value of the tensor with this role, of any numeric type.
   *
   * @throws AdapterException if it has several
   */
  public Optional<Double> number(String role) {
    if (!has(role)) {
      return Optional.empty();
    }
    HostTensor tensor = tensor(role);
    if (tensor.shape().elements() != 1) {
      throw wrong(role, "one number");
    }
    return Optional.of(tensor.doubles()[0]);
  }

  /** The setting called {@code name}. */
  public Optional<String> setting(String name) {
    return Optional.ofNullable(settings.get(name));
  }

  /**
   * Size of dimension {@code d} of the tensor with this role.
   *
   * @throws AdapterException if there is no such tensor, it has no such dimension, or it is empty
   */
  public long size(String role, int d) {
    Shape shape = tensor(role).shape();
    if (shape.rank() <= d) {
      throw wrong(role, "of at least " + (d + 1) + " dimensions");
    }
    if (shape.elements() == 0) {
      throw wrong(role, "not empty; empty factors change nothing");
    }
    return shape.size(d);
  }

  /**
   * Takes the tensor with this role, if there is one, as known to have no effect.
   *
   * @param why for people
   */
  public void ignore(String role, String why) {
    if (has(role)) {
      ignored.put(role, why);
    }
  }

  /** The roles whose tensors have no effect, with the reasons. */
  public SortedMap<String, String> ignored() {
    return Collections.unmodifiableSortedMap(ignored);
  }

  /**
   * The number in the setting called {@code name}.
   *
   * @throws AdapterException if it is none, or not finite
   */
  public Optional<Double> numberSetting(String name) {
    Optional<String> text = setting(name);
    try {
      Optional<Double> number = text.map(Double::valueOf);
      if (number.filter(n -> !Double.isFinite(n)).isEmpty()) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new AdapterException(
        "The configuration of the adapter says "
            + name
            + " "
            + text.orElse("")
            + " for "
            + site.name()
            + "; it should be a finite number.");
  }

  /** Value of the boolean setting {@code name}; {@code fallback} without it. */
  public boolean flag(String name, boolean fallback) {
    return setting(name).map(Boolean::parseBoolean).orElse(fallback);
  }

  /** Exception for the tensor with this role, which is present but not as {@code expected}. */
  public AdapterException wrong(String role, String expected) {
    return new AdapterException(
        key(role)
            + " is "
            + tensor(role)
            + ", but at the layer "
            + site.name()
            + " "
            + site.weight()
            + " it should be "
            + expected
            + "; was the adapter made for another base?");
  }

  /** Something about these tensors that should be known but is no error. */
  public void warn(String text) {
    warnings.add(text);
  }

  /** Warnings that reading these tensors has collected. */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** The roles whose tensors were taken by some method. */
  public Set<String> used() {
    return Collections.unmodifiableSet(used);
  }

  /**
   * A copy without the tensors of some roles, which shares used roles, ignored keys and warnings
   * with this one.
   */
  public SiteTensors without(Collection<String> roles) {
    SiteTensors rest = new SiteTensors(site, used, warnings, ignored);
    rest.entries.putAll(entries);
    rest.entries.keySet().removeAll(roles);
    rest.settings.putAll(settings);
    return rest;
  }

  /** The file's keys of all tensors, separated by commas. */
  String keys() {
    return String.join(", ", entries.values().stream().map(Entry::key).toList());
  }
}
