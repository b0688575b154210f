package dev.lora4j.core.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Groups of trained weights with their multiples of the learning rate. A weight belongs to the
 * first group that takes it, and to none where none does; those learn at the rate itself.
 *
 * <p>Weights of one group lie together in the flat buffer, those of no group last.
 */
public record ParameterGroups(List<Group> groups) {
  /**
   * Weights that learn at a rate of their own.
   *
   * @param name what messages call it
   * @param members which weights
   * @param rate what the learning rate is multiplied by; not negative
   */
  public record Group(String name, Predicate<Parameter> members, double rate) {
    /** Checks the rate. */
    public Group {
      if (!(rate >= 0) || Double.isInfinite(rate)) {
        throw new IllegalArgumentException(
            "The group '" + name + "' has the rate " + rate + "; it must be 0 or a number above.");
      }
    }
  }

  /** No groups: all weights learn at the same rate. */
  public static final ParameterGroups NONE = new ParameterGroups(List.of());

  /** Copies the list. */
  public ParameterGroups {
    groups = List.copyOf(groups);
  }

  /** A copy with one more group, which takes weights that no other group takes. */
  public ParameterGroups with(String name, Predicate<Parameter> members, double rate) {
    List<Group> more = new ArrayList<>(groups);
    more.add(new Group(name, members, rate));
    return new ParameterGroups(more);
  }

  /** The number of the group that a weight belongs to; {@code groups().size()} for none. */
  public int of(Parameter parameter) {
    for (int i = 0; i < groups.size(); i++) {
      if (groups.get(i).members().test(parameter)) {
        return i;
      }
    }
    return groups.size();
  }

  /** Multiple of the learning rate in the group of this number. */
  public double rate(int group) {
    return group < groups.size() ? groups.get(group).rate() : 1;
  }
}
