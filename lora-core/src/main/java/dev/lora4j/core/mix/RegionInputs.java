package dev.lora4j.core.mix;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The numbers that a program of {@link RegionalAdapters} gets for the pictures of a batch. Each row
 * has several contexts: the text of the whole picture, and for each adapter with an area the text
 * as it is with that adapter.
 */
public final class RegionInputs {
  private final BatchMix mix;

  /** Creates the inputs for the pictures of {@code mix}. */
  public RegionInputs(BatchMix mix) {
    this.mix = mix;
  }

  /** Number of contexts of a picture's rows: 1, and one for each adapter with an area. */
  public int contexts(int picture) {
    return 1 + (int) parts(picture).stream().filter(p -> p.area().isPresent()).count();
  }

  private List<MixPlan.Part> parts(int picture) {
    return mix.plan(picture).parts();
  }

  /**
   * The input {@link RegionalAdapters#WORDS}: the weight of each column in the text of each
   * context.
   *
   * @param pictures for each row its picture; all have as many contexts
   * @return [rows * contexts, columns], the contexts of a row one after the other
   */
  public float[] words(List<Integer> pictures, int step, int steps) {
    int contexts = contexts(pictures.get(0));
    float[] all = new float[pictures.size() * contexts * mix.columns()];
    for (int row = 0; row < pictures.size(); row++) {
      float[] weights = mix.plan(pictures.get(row)).at(step, steps);
      int[] columns = mix.columnsOf(pictures.get(row));
      for (int context = 0; context < contexts; context++) {
        int at = (row * contexts + context) * mix.columns();
        int regional = 0;
        for (int i = 0; i < weights.length; i++) {
          boolean whole = parts(pictures.get(row)).get(i).area().isEmpty();
          regional += whole ? 0 : 1;
          all[at + columns[i]] += whole || regional == context ? weights[i] : 0;
        }
      }
    }
    return all;
  }

  /**
   * The input {@link RegionalAdapters#NOWHERE}: adapters with an area count for nothing where there
   * are no places.
   *
   * @return [rows, columns]
   */
  public float[] nowhere(List<Integer> pictures, int step, int steps) {
    float[] all = new float[pictures.size() * mix.columns()];
    for (int row = 0; row < pictures.size(); row++) {
      float[] weights = mix.plan(pictures.get(row)).at(step, steps);
      int[] columns = mix.columnsOf(pictures.get(row));
      for (int i = 0; i < weights.length; i++) {
        boolean whole = parts(pictures.get(row)).get(i).area().isEmpty();
        all[row * mix.columns() + columns[i]] += whole ? weights[i] : 0;
      }
    }
    return all;
  }

  /**
   * The input {@link RegionalAdapters#area} of a grid: 1 for columns that count everywhere.
   *
   * @return [rows, columns, places]
   */
  public float[] areas(List<Integer> pictures, GridSize grid) {
    int places = grid.places();
    float[] all = new float[pictures.size() * mix.columns() * places];
    Arrays.fill(all, 1);
    for (int row = 0; row < pictures.size(); row++) {
      int[] columns = mix.columnsOf(pictures.get(row));
      for (int i = 0; i < columns.length; i++) {
        Optional<RegionMask> area = parts(pictures.get(row)).get(i).area();
        if (area.isPresent()) {
          int at = (row * mix.columns() + columns[i]) * places;
          System.arraycopy(area.get().on(grid), 0, all, at, places);
        }
      }
    }
    return all;
  }

  /**
   * Share of each context's attention at each place. The changes that the contexts of areas make to
   * that of the whole picture add up, so outside all regions it is the whole picture's alone, and
   * within one that region's.
   *
   * @return [rows, contexts, places]
   */
  public float[] shares(List<Integer> pictures, GridSize grid) {
    int contexts = contexts(pictures.get(0));
    int places = grid.places();
    float[] all = new float[pictures.size() * contexts * places];
    for (int row = 0; row < pictures.size(); row++) {
      int at = row * contexts * places;
      Arrays.fill(all, at, at + places, 1);
      int context = 0;
      for (MixPlan.Part part : parts(pictures.get(row))) {
        if (part.area().isPresent()) {
          context++;
          float[] own = part.area().get().on(grid);
          for (int i = 0; i < places; i++) {
            all[at + context * places + i] = own[i];
            all[at + i] -= own[i];
          }
        }
      }
    }
    return all;
  }
}
