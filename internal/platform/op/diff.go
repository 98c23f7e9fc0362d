package op

import (
	"reflect"
	"strings"
)

// diff compares two structs of one type field by field and returns what the trail may
// keep. A field tagged audit:"public" is kept with both values; every other field —
// tagged audit:"personal", or not tagged at all — only as "redacted", so that a new
// field cannot leak by being forgotten. audit:"-" leaves a field out: a version, a
// derived value. The name is that of the json tag. Embedded structs are looked into.
func diff(before, after any) map[string]any {
	fields := map[string]any{}
	b, a := structOf(before), structOf(after)
	walk(b, a, fields)
	return fields
}

func structOf(v any) reflect.Value {
	r := reflect.ValueOf(v)
	for r.Kind() == reflect.Pointer {
		r = r.Elem()
	}
	return r
}

func walk(before, after reflect.Value, fields map[string]any) {
	shape := before
	if !shape.IsValid() {
		shape = after
	}
	if !shape.IsValid() || shape.Kind() != reflect.Struct {
		return
	}
	for i := range shape.NumField() {
		f := shape.Type().Field(i)
		if f.Anonymous {
			walk(field(before, i), field(after, i), fields)
			continue
		}
		if !f.IsExported() || f.Tag.Get("audit") == "-" {
			continue
		}
		from, to := value(before, i), value(after, i)
		if reflect.DeepEqual(from, to) {
			continue
		}
		if f.Tag.Get("audit") != "public" {
			fields[nameOf(f)] = "redacted"
			continue
		}
		fields[nameOf(f)] = map[string]any{"from": from, "to": to}
	}
}

func field(v reflect.Value, i int) reflect.Value {
	if !v.IsValid() {
		return reflect.Value{}
	}
	return v.Field(i)
}

// value returns the field's value, with "nothing there" and the zero value alike: a
// created record does not list its empty fields.
func value(v reflect.Value, i int) any {
	if !v.IsValid() || v.Field(i).IsZero() {
		return nil
	}
	return v.Field(i).Interface()
}

func nameOf(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if name == "" || name == "-" {
		return strings.ToLower(f.Name)
	}
	return name
}
