package dev.lora4j.spi;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Description of an extension, readable without its class.
 *
 * @param point class name of the extension point
 * @param type name of the class
 * @param kinds names of those interfaces of the class that extend the point, in order: its kinds,
 *     where the point has several
 * @param settings in the order of the record's components
 */
public record ExtensionInfo(
    String point,
    String name,
    String type,
    String help,
    boolean experimental,
    List<String> kinds,
    List<SettingInfo> settings) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /** Copies the lists, and checks the names. */
  public ExtensionInfo {
    kinds = List.copyOf(kinds);
    settings = List.copyOf(settings);
    List<String> names = settings.stream().map(SettingInfo::name).toList();
    if (names.stream().distinct().count() < names.size()) {
      throw new IllegalArgumentException(
          type + " has two settings of one name: " + String.join(", ", names));
    }
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          type
              + " is called '"
              + name
              + "'; a name has 1 to 64 letters, digits, '-', '_' and '.', and begins with a letter"
              + " or digit");
    }
  }

  /** Returns true if it needs no settings. */
  public boolean ready() {
    return settings.stream().allMatch(s -> s.defaultValue().isPresent());
  }

  /** The point without its package, for people. */
  public String pointName() {
    return simple(point);
  }

  /** The kinds without their packages, for people. */
  public List<String> kindNames() {
    return kinds.stream().map(ExtensionInfo::simple).toList();
  }

  /** Returns true if it is of a kind: its point, or an interface that extends that. */
  public boolean is(Class<?> kind) {
    return point.equals(kind.getName()) || kinds.contains(kind.getName());
  }

  private static String simple(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
