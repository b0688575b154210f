package dev.lora4j.core.tensor.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The processor time that Linux's control groups, of both versions, grant a process, in processors.
 * The groups around its own count too, which Java before 24 does not look at in version 2.
 */
final class CpuQuota {
  private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

  private final Path root;

  private CpuQuota(Path root) {
    this.root = root;
  }

  /**
   * The least quota of all groups that this process is in.
   *
   * @param root of the file system; a folder like it in tests
   * @return for example 1.5; empty where there is no quota, or no such system
   */
  static OptionalDouble processors(Path root) {
    CpuQuota quota = new CpuQuota(root);
    List<String> groups = quota.lines(root.resolve("proc/self/cgroup"));
    return quota.lines(root.resolve("proc/self/mountinfo")).stream()
        .map(line -> line.split(" ", -1))
        .flatMapToDouble(
            mount -> groups.stream().flatMapToDouble(group -> quota.of(mount, group).stream()))
        .min();
  }

  /**
   * The quota of a group, where a mount shows it.
   *
   * @param mount number, parent, device, root in the file system, place, options, any number of
   *     fields, a dash, type, source, options of the file system
   * @param group {@code number:controllers:path}; version 2 has the number 0 and no controllers
   */
  private OptionalDouble of(String[] mount, String group) {
    int dash = Arrays.asList(mount).indexOf("-");
    String[] parts = group.split(":", 3);
    if (dash < 6 || mount.length < dash + 4 || parts.length < 3) {
      return OptionalDouble.empty();
    }
    boolean second = mount[dash + 1].equals("cgroup2") && parts[0].equals("0");
    boolean first =
        mount[dash + 1].equals("cgroup")
            && List.of(mount[dash + 3].split(",", -1)).contains("cpu")
            && List.of(parts[1].split(",", -1)).contains("cpu");
    if (!first && !second) {
      return OptionalDouble.empty();
    }
    Path place = root.resolve(relative(plain(mount[4])));
    return least(place, place.resolve(below(plain(mount[3]), parts[2])).normalize(), second);
  }

  /** The least of a group and those around it, up to the mount. */
  private OptionalDouble least(Path mount, Path group, boolean second) {
    OptionalDouble least = OptionalDouble.empty();
    for (Path at = group.startsWith(mount) ? group : mount;
        at != null && at.startsWith(mount);
        at = at.getParent()) {
      OptionalDouble here = second ? second(at) : first(at);
      least =
          least.isPresent() && here.isPresent()
              ? OptionalDouble.of(Math.min(least.getAsDouble(), here.getAsDouble()))
              : least.isPresent() ? least : here;
    }
    return least;
  }

  private OptionalDouble first(Path group) {
    return share(
        first(lines(group.resolve("cpu.cfs_quota_us"))),
        first(lines(group.resolve("cpu.cfs_period_us"))));
  }

  private OptionalDouble second(Path group) {
    String[] both = first(lines(group.resolve("cpu.max"))).strip().split(" +", -1);
    return both.length == 2 ? share(both[0], both[1]) : OptionalDouble.empty();
  }

  /** No quota is -1 in version 1 and "max" in version 2. */
  private static OptionalDouble share(String quota, String period) {
    if (!quota.strip().matches("\\d{1,18}") || !period.strip().matches("\\d{1,18}")) {
      return OptionalDouble.empty();
    }
    double share = Double.parseDouble(quota.strip()) / Double.parseDouble(period.strip());
    return share > 0 && Double.isFinite(share) ? OptionalDouble.of(share) : OptionalDouble.empty();
  }

  /**
   * Path of a control group below a mount, which in a container may show only a part of the tree.
   */
  private static String below(String mounted, String path) {
    if (mounted.equals("/")) {
      return relative(path);
    }
    boolean inside = path.equals(mounted) || path.startsWith(mounted + "/");
    return inside ? relative(path.substring(mounted.length())) : "";
  }

  private static String relative(String path) {
    return path.replaceFirst("^/+", "");
  }

  /** Spaces and their kin are octal numbers in the list of mounts. */
  private static String plain(String field) {
    return OCTAL
        .matcher(field)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    String.valueOf((char) Integer.parseInt(found.group(1), 8))));
  }

  private static String first(List<String> lines) {
    return lines.isEmpty() ? "" : lines.get(0);
  }

  private List<String> lines(Path file) {
    try {
      return Files.isReadable(file)
          ? Files.readAllLines(file, StandardCharsets.ISO_8859_1)
          : List.of();
    } catch (IOException e) {
      // As where the system has no such file.
      return List.of();
    }
  }
}
