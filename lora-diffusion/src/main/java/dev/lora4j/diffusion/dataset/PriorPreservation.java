package dev.lora4j.diffusion.dataset;

import java.util.ArrayList;
import java.util.List;

/**
 * Prior preservation (Ruiz et al. 2023, DreamBooth, section 3.2) wants as many pictures of what
 * shall not change as of what is learned. As in kohya's sd-scripts, pictures for regularisation
 * come once more each, in their order, until they are as many in an epoch; if they are more, the
 * last are left out.
 */
final class PriorPreservation {
  private PriorPreservation() {}

  /** The same items with other repeats, and without what is left out. */
  static List<DataItem> balanced(List<DataItem> items, List<DataProblem> problems) {
    long wanted =
        items.stream().filter(PriorPreservation::learned).mapToLong(DataItem::repeats).sum();
    List<DataItem> prior = items.stream().filter(DataItem::regularisation).toList();
    if (prior.isEmpty() || wanted == 0) {
      return items;
    }
    int[] times = new int[prior.size()];
    long count = 0;
    for (int i = 0; i < prior.size() && count < wanted; i++) {
      times[i] = prior.get(i).repeats();
      count += times[i];
    }
    for (int i = 0; count < wanted; i = (i + 1) % prior.size()) {
      times[i]++;
      count++;
    }
    List<DataItem> balanced = new ArrayList<>(items);
    balanced.removeIf(DataItem::regularisation);
    for (int i = 0; i < times.length; i++) {
      if (times[i] > 0) {
        balanced.add(prior.get(i).repeated(times[i]));
      } else {
        problems.add(
            DataProblem.warning(
                prior.get(i).file(),
                "is left out: there are more pictures for regularisation than to learn from."));
      }
    }
    return balanced;
  }

  private static boolean learned(DataItem item) {
    return !item.regularisation() && !item.validation();
  }
}
