package dev.taskstop.benchmarks;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The turns of a comparison: in each round, each contender has one over each protocol that it speaks. */
final class Results {

    private final Map<Protocol, Map<Contenders, List<Measurement>>> turns = new EnumMap<>(Protocol.class);

    void add(Protocol protocol, Contenders contender, Measurement turn) {
        turns.computeIfAbsent(protocol, it -> new EnumMap<>(Contenders.class))
                .computeIfAbsent(contender, it -> new ArrayList<>())
                .add(turn);
    }

    List<Protocol> protocols() {
        return List.copyOf(turns.keySet());
    }

    boolean has(Contenders contender) {
        return turns.values().stream().anyMatch(it -> it.containsKey(contender));
    }

    Optional<Medians> medians(Protocol protocol, Contenders contender) {
        return Optional.of(turns(protocol, contender))
                .filter(all -> !all.isEmpty())
                .map(Medians::of);
    }

    /** How a value of one contender is to that of another, both of the same round; empty where one has none. */
    Optional<Quartiles> ratio(
            Protocol protocol, Contenders contender, Contenders other, ToDoubleFunction<Measurement> value) {
        List<Measurement> its = turns(protocol, contender);
        List<Measurement> others = turns(protocol, other);
        return its.isEmpty() || others.isEmpty()
                ? Optional.empty()
                : Optional.of(Quartiles.of(IntStream.range(0, its.size())
                        .mapToDouble(round ->
                                value.applyAsDouble(its.get(round)) / value.applyAsDouble(others.get(round)))));
    }

    private List<Measurement> turns(Protocol protocol, Contenders contender) {
        return turns.getOrDefault(protocol, Map.of()).getOrDefault(contender, List.of());
    }
}
