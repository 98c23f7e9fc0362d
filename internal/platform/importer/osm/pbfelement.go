package osm

import "github.com/paulmach/protoscan"

// degrees: coordinates are stored in units of the block's granularity, in nanodegrees.
func (d *pbfDecoder) degrees(offset, v int64) float64 { return 1e-9 * float64(offset+d.granularity*v) }

func (d *pbfDecoder) addTag(key, value int) error {
	k, err := d.text(key)
	if err != nil {
		return err
	}
	v, err := d.text(value)
	d.out.tags = append(d.out.tags, k, v)
	return err
}

// tagged reads keys and values as they stand in ways, relations and plain nodes.
func (d *pbfDecoder) tagged(keys, values *protoscan.Iterator) error {
	for keys != nil && values != nil && keys.HasNext() && values.HasNext() {
		k, err := keys.Uint32()
		if err != nil {
			return damaged(err)
		}
		v, err := values.Uint32()
		if err != nil {
			return damaged(err)
		}
		if err := d.addTag(int(k), int(v)); err != nil {
			return err
		}
	}
	return nil
}

func (d *pbfDecoder) plainNode(raw []byte, f func(*element) error) error {
	d.out = element{kind: node, tags: d.out.tags[:0], refs: d.out.refs[:0], members: d.out.members[:0]}
	var keys, values *protoscan.Iterator
	var lon, lat int64
	msg := protoscan.New(raw)
	for msg.Next() {
		var err error
		switch msg.FieldNumber() {
		case 1:
			d.out.id, err = msg.Sint64()
		case 2:
			keys, err = msg.Iterator(nil)
		case 3:
			values, err = msg.Iterator(nil)
		case 8:
			lat, err = msg.Sint64()
		case 9:
			lon, err = msg.Sint64()
		default:
			msg.Skip()
		}
		if err != nil {
			return damaged(err)
		}
	}
	if msg.Err() != nil {
		return damaged(msg.Err())
	}
	d.out.lon, d.out.lat = d.degrees(d.lonOffset, lon), d.degrees(d.latOffset, lat)
	if err := d.tagged(keys, values); err != nil {
		return err
	}
	return f(&d.out)
}

// denseNodes: four parallel lists, the numbers as differences from the one before.
func (d *pbfDecoder) denseNodes(raw []byte, f func(*element) error) error {
	var err error
	msg := protoscan.New(raw)
	have := 0
	for msg.Next() {
		i := map[int]int{1: 1, 8: 2, 9: 3, 10: 4}[msg.FieldNumber()]
		if i == 0 {
			msg.Skip()
			continue
		}
		if d.it[i-1], err = msg.Iterator(d.it[i-1]); err != nil {
			return damaged(err)
		}
		have |= 1 << i
	}
	if msg.Err() != nil || have&0b1110 != 0b1110 {
		return damaged(errFormat)
	}
	ids, lats, lons, texts := d.it[0], d.it[1], d.it[2], d.it[3]
	if have&(1<<4) == 0 {
		texts = nil
	}
	var id, lat, lon int64
	for ids.HasNext() {
		for _, x := range []struct {
			it *protoscan.Iterator
			to *int64
		}{{ids, &id}, {lats, &lat}, {lons, &lon}} {
			delta, err := x.it.Sint64()
			if err != nil {
				return damaged(err)
			}
			*x.to += delta
		}
		d.out = element{kind: node, id: id, lon: d.degrees(d.lonOffset, lon), lat: d.degrees(d.latOffset, lat), tags: d.out.tags[:0], refs: d.out.refs[:0], members: d.out.members[:0]}
		if err := d.denseTags(texts); err != nil {
			return err
		}
		if err := f(&d.out); err != nil {
			return err
		}
	}
	return nil
}

// denseTags reads key, value, key, value … 0 of one node.
func (d *pbfDecoder) denseTags(texts *protoscan.Iterator) error {
	for texts != nil && texts.HasNext() {
		k, err := texts.Int32()
		if err != nil {
			return damaged(err)
		}
		if k == 0 {
			return nil
		}
		v, err := texts.Int32()
		if err != nil {
			return damaged(err)
		}
		if err := d.addTag(int(k), int(v)); err != nil {
			return err
		}
	}
	return nil
}

func (d *pbfDecoder) way(raw []byte, f func(*element) error) error {
	d.out = element{kind: way, tags: d.out.tags[:0], refs: d.out.refs[:0], members: d.out.members[:0]}
	var keys, values, refs *protoscan.Iterator
	msg := protoscan.New(raw)
	for msg.Next() {
		var err error
		switch msg.FieldNumber() {
		case 1:
			d.out.id, err = msg.Int64()
		case 2:
			keys, err = msg.Iterator(nil)
		case 3:
			values, err = msg.Iterator(nil)
		case 8:
			refs, err = msg.Iterator(nil)
		default:
			msg.Skip()
		}
		if err != nil {
			return damaged(err)
		}
	}
	if msg.Err() != nil {
		return damaged(msg.Err())
	}
	var ref int64
	for refs != nil && refs.HasNext() {
		delta, err := refs.Sint64()
		if err != nil {
			return damaged(err)
		}
		ref += delta
		d.out.refs = append(d.out.refs, ref)
	}
	if err := d.tagged(keys, values); err != nil {
		return err
	}
	return f(&d.out)
}

func (d *pbfDecoder) relation(raw []byte, f func(*element) error) error {
	d.out = element{kind: relation, tags: d.out.tags[:0], refs: d.out.refs[:0], members: d.out.members[:0]}
	var keys, values, roles, ids, types *protoscan.Iterator
	msg := protoscan.New(raw)
	for msg.Next() {
		var err error
		switch msg.FieldNumber() {
		case 1:
			d.out.id, err = msg.Int64()
		case 2:
			keys, err = msg.Iterator(nil)
		case 3:
			values, err = msg.Iterator(nil)
		case 8:
			roles, err = msg.Iterator(nil)
		case 9:
			ids, err = msg.Iterator(nil)
		case 10:
			types, err = msg.Iterator(nil)
		default:
			msg.Skip()
		}
		if err != nil {
			return damaged(err)
		}
	}
	if msg.Err() != nil {
		return damaged(msg.Err())
	}
	if err := d.members(roles, ids, types); err != nil {
		return err
	}
	if err := d.tagged(keys, values); err != nil {
		return err
	}
	return f(&d.out)
}

func (d *pbfDecoder) members(roles, ids, types *protoscan.Iterator) error {
	var id int64
	for roles != nil && ids != nil && types != nil && ids.HasNext() {
		role, err := roles.Int32()
		if err != nil {
			return damaged(err)
		}
		delta, err := ids.Sint64()
		if err != nil {
			return damaged(err)
		}
		t, err := types.Int32()
		if err != nil || t < 0 || t > 2 {
			return damaged(errFormat)
		}
		id += delta
		text, err := d.text(int(role))
		if err != nil {
			return err
		}
		d.out.members = append(d.out.members, member{kind: []kind{node, way, relation}[t], id: id, role: text})
	}
	return nil
}
